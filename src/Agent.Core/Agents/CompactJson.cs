using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Agent.Core.Agents;

/// <summary>
/// JSON as a model reads it best: no white space, and no escapes but those that JSON demands, because
/// <c>\u5e7f</c> costs several tokens where the character costs one.
/// </summary>
internal static class CompactJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            value.WriteTo(writer);
        }

        return Unescape(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public static string Quote(string value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStringValue(value);
        }

        return Unescape(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    // Even the relaxed encoder escapes the ideographic space, emoji and private use; JSON does not ask for it.
    private static string Unescape(string json)
    {
        if (!json.Contains("\\u", StringComparison.Ordinal))
        {
            return json;
        }

        var result = new StringBuilder(json.Length);
        var index = 0;
        while (index < json.Length)
        {
            if (json[index] != '\\')
            {
                result.Append(json[index++]);
            }
            else if (TryReadUnit(json, index, out var unit) && Writable(json, index, unit))
            {
                result.Append(unit);
                index += 6;
                if (char.IsHighSurrogate(unit) && TryReadUnit(json, index, out var low))
                {
                    result.Append(low);
                    index += 6;
                }
            }
            else
            {
                result.Append(json[index]).Append(json[index + 1]);
                index += 2;
            }
        }

        return result.ToString();
    }

    // Line and paragraph separators stay escaped: many consumers of one-event-a-line output split at them.
    private static bool Writable(string json, int index, char unit) =>
        unit >= '\u00a0' && unit is not ('\u2028' or '\u2029') && !char.IsLowSurrogate(unit)
        && (!char.IsHighSurrogate(unit) || (TryReadUnit(json, index + 6, out var low) && char.IsLowSurrogate(low)));

    private static bool TryReadUnit(string json, int index, out char unit)
    {
        unit = '\0';
        if (index + 6 > json.Length || json[index] != '\\' || json[index + 1] != 'u'
            || !ushort.TryParse(json.AsSpan(index + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            return false;
        }

        unit = (char)code;
        return true;
    }
}
