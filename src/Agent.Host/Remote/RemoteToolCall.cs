using System.Text;
using System.Text.Json;
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
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        try
        {
            var root = JsonElement.Parse(text);
            if (root.ValueKind == JsonValueKind.Null)
            {
                return [];
            }

            if (root.ValueKind == JsonValueKind.Object)
            {
                var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
                foreach (var property in root.EnumerateObject())
                {
                    RequireReadable(property.Value);
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
        catch (InvalidOperationException e)
        {
            error = new FormatException("The arguments hold half of a surrogate pair.", e);
        }

        return null;
    }

    /// <summary>Half of a surrogate pair passes the parser, and throws at whoever reads it later.</summary>
    private static void RequireReadable(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    RequireReadable(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    _ = property.Name;
                    RequireReadable(property.Value);
                }

                break;
        }
    }
}
