using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Agent.Core.Chat.Template;

/// <summary>
/// Writes JSON as Python's <c>json.dumps(json.loads(text), ensure_ascii=False)</c> would, which is what Qwen models saw
/// in training.
/// </summary>
/// <remarks>
/// Keys keep their order; of duplicate keys the last value stands at the first position. Integers keep all digits,
/// other numbers are doubles in the form of Python's <c>repr</c>. Unlike Python, unpaired surrogates become U+FFFD:
/// they have no UTF-8 form, so no tokeniser could encode them.
/// </remarks>
internal static class PythonJson
{
    /// <summary>Levels of arrays and objects that a value may nest.</summary>
    public const int MaxDepth = ModelJson.MaxDepth;

    /// <exception cref="ArgumentException">The value is undefined or nests too deep.</exception>
    public static string Write(JsonElement value)
    {
        var output = new StringBuilder();
        Append(output, value, 0);
        return output.ToString();
    }

    internal static void Append(StringBuilder output, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendObject(output, value, CheckedDepth(depth));
                break;
            case JsonValueKind.Array:
                AppendArray(output, value, CheckedDepth(depth));
                break;
            case JsonValueKind.String:
                AppendRawString(output, JsonMarshal.GetRawUtf8Value(value)[1..^1]);
                break;
            case JsonValueKind.Number:
                AppendNumber(output, Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)));
                break;
            case JsonValueKind.True:
                output.Append("true");
                break;
            case JsonValueKind.False:
                output.Append("false");
                break;
            case JsonValueKind.Null:
                output.Append("null");
                break;
            default:
                throw new ArgumentException(
                    "The JSON value is undefined; pass the element of a parsed document.", nameof(value));
        }
    }

    internal static int CheckedDepth(int depth) => depth < MaxDepth
        ? depth + 1
        : throw new ArgumentException($"The JSON value nests deeper than {MaxDepth} levels; flatten it.");

    internal static void AppendString(StringBuilder output, ReadOnlySpan<char> text)
    {
        output.Append('"');
        AppendEscaped(output, text);
        output.Append('"');
    }

    internal static void AppendNumber(StringBuilder output, ReadOnlySpan<char> json)
    {
        if (json.IndexOfAny(".eE") >= 0)
        {
            PythonFloat.Append(output, double.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture));
        }
        else
        {
            output.Append(json.SequenceEqual("-0") ? "0" : json);
        }
    }

    private static void AppendObject(StringBuilder output, JsonElement value, int depth)
    {
        var properties = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            properties[DecodeName(property)] = property.Value;
        }

        output.Append('{');
        var first = true;
        foreach (var (name, element) in properties)
        {
            output.Append(first ? string.Empty : ", ");
            first = false;
            AppendString(output, name);
            output.Append(": ");
            Append(output, element, depth);
        }

        output.Append('}');
    }

    private static void AppendArray(StringBuilder output, JsonElement value, int depth)
    {
        output.Append('[');
        var first = true;
        foreach (var element in value.EnumerateArray())
        {
            output.Append(first ? string.Empty : ", ");
            first = false;
            Append(output, element, depth);
        }

        output.Append(']');
    }

    private static string DecodeName(JsonProperty property)
    {
        var raw = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(property));
        return raw.Contains('\\', StringComparison.Ordinal) ? Decode(raw) : raw;
    }

    private static void AppendRawString(StringBuilder output, ReadOnlySpan<byte> raw)
    {
        var text = Encoding.UTF8.GetString(raw);
        if (text.Contains('\\', StringComparison.Ordinal))
        {
            AppendString(output, Decode(text));
        }
        else
        {
            // Without escapes, a JSON string holds nothing that Python would escape.
            output.Append('"').Append(text).Append('"');
        }
    }

    private static string Decode(string raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            i++;
            if (raw[i] == 'u')
            {
                text.Append((char)ushort.Parse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(raw[i] switch
                {
                    'b' => '\b',
                    'f' => '\f',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    var other => other,
                });
            }
        }

        return text.ToString();
    }

    private static void AppendEscaped(StringBuilder output, ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"':
                    output.Append("\\\"");
                    break;
                case '\\':
                    output.Append("\\\\");
                    break;
                case '\b':
                    output.Append("\\b");
                    break;
                case '\f':
                    output.Append("\\f");
                    break;
                case '\n':
                    output.Append("\\n");
                    break;
                case '\r':
                    output.Append("\\r");
                    break;
                case '\t':
                    output.Append("\\t");
                    break;
                case < 0x20:
                    output.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
                    break;
                default:
                    output.Append(rune);
                    break;
            }
        }
    }
}
