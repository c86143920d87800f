using System.Text;
using System.Text.Json;
using Agent.Core.Chat.Template;
using Microsoft.Extensions.AI;

namespace Agent.Host.Remote;

/// <summary>A tool call of a server's answer, put together from the pieces in which it comes.</summary>
internal sealed class RemoteToolCall
{
    private readonly StringBuilder _arguments = new();
    private string _id = string.Empty;
    private string _name = string.Empty;

    /// <summary>Whether a piece with this id belongs to another call: some servers number all calls of a turn alike.</summary>
    public bool IsAnother(string? id) => !string.IsNullOrEmpty(id) && _id.Length > 0 && !string.Equals(id, _id, StringComparison.Ordinal);

    /// <summary>Takes a piece; what is null or empty is not in it.</summary>
    public void Add(string? id, string? name, string? arguments)
    {
        _id = string.IsNullOrEmpty(id) ? _id : id;
        _name = string.IsNullOrEmpty(name) ? _name : name;
        _arguments.Append(arguments);
    }

    /// <summary>The call; one that cannot be made bears an exception, and the text as its raw representation.</summary>
    public FunctionCallContent ToContent()
    {
        var text = _arguments.ToString();
        var arguments = Parse(text, out var error);
        return new FunctionCallContent(_id.Length > 0 ? _id : $"call_{Guid.NewGuid():N}", _name, arguments)
        {
            Exception = _name.Length == 0 ? new FormatException("The call names no tool.") : error,
            RawRepresentation = $"{{\"name\": \"{JsonEncodedText.Encode(_name)}\", \"arguments\": {(string.IsNullOrWhiteSpace(text) ? "{}" : text)}}}",
        };
    }

    private static Dictionary<string, object?>? Parse(string text, out FormatException? error)
    {
        error = null;
        try
        {
            var root = Read(text);
            if (root.ValueKind == JsonValueKind.String)
            {
                // Models that write the object as a text do so on servers too.
                root = Read(root.GetString()!);
            }

            if (root.ValueKind == JsonValueKind.Object)
            {
                var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var property in root.EnumerateObject())
                {
                    arguments[property.Name] = property.Value;
                }

                return arguments;
            }

            error = new FormatException("The arguments are no JSON object.");
        }
        catch (JsonException e)
        {
            error = new FormatException($"The arguments are not JSON: {e.Message}", e);
        }

        return null;
    }

    /// <summary>The value of a text, judged as that of a model in this process; nothing and null are no arguments.</summary>
    private static JsonElement Read(string text)
    {
        var value = string.IsNullOrWhiteSpace(text) ? ModelJson.EmptyObject : ModelJson.Parse(text);
        return value.ValueKind == JsonValueKind.Null ? ModelJson.EmptyObject : value;
    }
}
