using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Agent.Core.Schemas;

/// <summary>JSON values as they stand in a message: short, on one line, in the script of the author.</summary>
internal static class JsonText
{
    private const int MaxShown = 80;

    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A text in quotes.</summary>
    public static string Quote(string text) => JsonSerializer.Serialize(Shorten(text, MaxShown), s_readable);

    /// <summary>A value as JSON, shortened.</summary>
    public static string Show(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? Quote(value.GetString()!)
        : Shorten(JsonSerializer.Serialize(value, s_readable), MaxShown);

    /// <summary>A value with its type, to stand after "but was".</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"the string {Show(value)}",
        JsonValueKind.Number => $"the number {Show(value)}",
        JsonValueKind.Array => value.GetArrayLength() is var length && length == 1 ? "an array of 1 item" : $"an array of {length} items",
        JsonValueKind.Object => "an object",
        _ => Show(value),
    };

    /// <summary>Values as a list, the first twenty of them.</summary>
    public static string List(IReadOnlyCollection<string> shown) => shown.Count <= 20
        ? string.Join(", ", shown)
        : $"{string.Join(", ", shown.Take(20))}, ... ({shown.Count.ToString(CultureInfo.InvariantCulture)} in all)";

    /// <summary>Cuts a text without cutting a character, and puts control characters into escapes.</summary>
    public static string Shorten(string text, int most)
    {
        if (text.Length > most)
        {
            text = string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "...");
        }

        if (!text.AsSpan().ContainsAnyInRange('\0', '\u001f'))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c < ' ')
            {
                escaped.Append("\\u").Append(((int)c).ToString("x4"));
            }
            else
            {
                escaped.Append(c);
            }
        }

        return escaped.ToString();
    }

    /// <summary>The bytes of a value as it was written.</summary>
    public static ReadOnlySpan<byte> Raw(JsonElement value) => JsonMarshal.GetRawUtf8Value(value);
}
