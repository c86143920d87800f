using System.Text.Json;
using Agent.Core.Chat.Template;

namespace Agent.Core.Chat.ToolCalls;

/// <summary>Reads the complete JSON object of a call.</summary>
internal static class ToolCallReader
{
    private const string Form = "Write {\"name\": <function-name>, \"arguments\": <args-json-object>}.";

    /// <summary>Reads a call: never throws, whatever the text.</summary>
    public static ToolCallParserEvent Read(string json)
    {
        JsonElement root;
        try
        {
            root = ModelJson.Parse(json);
        }
        catch (JsonException e)
        {
            return new ToolCallParserEvent.InvalidToolCall(json, null, $"Malformed JSON: {WithoutPosition(e.Message)}");
        }

        if (!root.TryGetProperty("name", out var nameElement)
            || nameElement.ValueKind != JsonValueKind.String
            || nameElement.GetString() is not { Length: > 0 } name)
        {
            return new ToolCallParserEvent.InvalidToolCall(json, null, $"The call has no \"name\" that is a non-empty string. {Form}");
        }

        return TryReadArguments(root, out var arguments)
            ? new ToolCallParserEvent.ToolCall(name, arguments, json)
            : new ToolCallParserEvent.InvalidToolCall(json, name, $"\"arguments\" must be a JSON object. {Form}");
    }

    private static bool TryReadArguments(JsonElement root, out JsonElement arguments)
    {
        if (!root.TryGetProperty("arguments", out arguments) || arguments.ValueKind == JsonValueKind.Null)
        {
            root.TryGetProperty("parameters", out arguments);
        }

        if (arguments.ValueKind == JsonValueKind.String)
        {
            var text = arguments.GetString()!;
            if (string.IsNullOrWhiteSpace(text))
            {
                arguments = default;
            }
            else if (!ModelJson.TryParse(text, out arguments))
            {
                return false;
            }
        }

        if (arguments.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            arguments = ModelJson.EmptyObject;
        }

        return arguments.ValueKind == JsonValueKind.Object;
    }

    // Byte positions mean nothing to a model.
    private static string WithoutPosition(string message)
    {
        var position = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? message : message[..position];
    }
}
