using System.Globalization;
using System.Text.Json;

namespace Agent.Tools.Http;

/// <summary>A JSON pointer (RFC 6901). Immutable.</summary>
internal sealed class JsonPointer
{
    private readonly string[] _tokens;

    private JsonPointer(string text, string[] tokens)
    {
        Text = text;
        _tokens = tokens;
    }

    internal string Text { get; }

    /// <summary>Null when the text is no pointer.</summary>
    internal static JsonPointer? TryParse(string text)
    {
        if (text.Length > 0 && text[0] != '/')
        {
            return null;
        }

        for (var i = text.IndexOf('~', StringComparison.Ordinal); i >= 0; i = text.IndexOf('~', i + 1))
        {
            if (i + 1 >= text.Length || text[i + 1] is not ('0' or '1'))
            {
                return null;
            }
        }

        // "~01" is "~1" by the RFC, so "~1" is replaced before "~0".
        return new JsonPointer(
            text,
            [.. text.Split('/').Skip(1).Select(token => token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]);
    }

    internal bool TryGet(JsonElement root, out JsonElement value)
    {
        value = root;
        foreach (var token in _tokens)
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(token, out var member))
            {
                value = member;
            }
            else if (value.ValueKind == JsonValueKind.Array && TryIndex(token, value.GetArrayLength(), out var index))
            {
                value = value[index];
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryIndex(string token, int length, out int index)
    {
        index = 0;
        return (token == "0" || (token.Length > 0 && token[0] != '0'))
            && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && index < length;
    }
}
