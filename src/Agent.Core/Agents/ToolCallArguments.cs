using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>Reads the arguments of a call as JSON, whatever objects the client put in.</summary>
internal static class ToolCallArguments
{
    public static JsonElement Empty { get; } = JsonElement.Parse("{}");

    // Not indented: whoever compares or stores the raw text of the arguments gets one form.
    private static JsonTypeInfo TypeInfo { get; } =
        new JsonSerializerOptions(AIJsonUtilities.DefaultOptions) { WriteIndented = false }.GetTypeInfo(typeof(IDictionary<string, object?>));

    /// <summary>Reads the arguments, or says in words for the model why they cannot be read.</summary>
    public static bool TryRead(FunctionCallContent call, out JsonElement arguments, [NotNullWhen(false)] out string? problem)
    {
        arguments = Empty;
        problem = call.Exception?.Message;
        if (problem is not null)
        {
            return false;
        }

        if (call.Arguments is null)
        {
            return true;
        }

        try
        {
            arguments = JsonSerializer.SerializeToElement(call.Arguments, TypeInfo);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            problem = "its arguments are not valid JSON";
            return false;
        }
    }
}
