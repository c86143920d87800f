using System.Text.Json;
using Agent.Core.Agents;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Registry;

/// <summary>The arguments of a call as one JSON object, whatever .NET types they came in.</summary>
internal static class ArgumentsJson
{
    internal static JsonElement From(AIFunctionArguments arguments, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.SerializeToElement<IDictionary<string, object?>>(
                new Dictionary<string, object?>(arguments, StringComparer.Ordinal),
                options);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new ToolException("The arguments cannot be written as JSON. Pass texts, numbers, truth values, lists and objects.", exception);
        }
    }
}
