using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Agent.Core.Chat.Template;

/// <summary>
/// Parses JSON that a model or a client wrote. Unpaired surrogates, raw or escaped, become U+FFFD: System.Text.Json
/// accepts the escapes while parsing, and throws only later at whoever reads the string. Thread-safe.
/// </summary>
public static class ModelJson
{
    /// <summary>Levels of arrays and objects that a text may nest.</summary>
    public const int MaxDepth = 64;

    /// <summary>An object without properties.</summary>
    public static JsonElement EmptyObject { get; } = JsonElement.Parse("{}"u8);

    /// <summary>Parses a text.</summary>
    /// <param name="text">One JSON value, with blanks around it or none.</param>
    /// <exception cref="JsonException">The text is not one JSON value, or nests deeper than <see cref="MaxDepth"/>.</exception>
    public static JsonElement Parse(ReadOnlySpan<char> text)
    {
        char[]? repaired = null;
        if (text.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
        {
            repaired = ArrayPool<char>.Shared.Rent(text.Length);
            text.CopyTo(repaired);
            ReplaceUnpairedEscapes(repaired.AsSpan(0, text.Length));
            text = repaired.AsSpan(0, text.Length);
        }

        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = Encoding.UTF8.GetBytes(text, utf8);
            return JsonElement.Parse(utf8.AsSpan(0, length), new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
            if (repaired is not null)
            {
                ArrayPool<char>.Shared.Return(repaired);
            }
        }
    }

    /// <summary>Parses a text that may be no JSON.</summary>
    /// <param name="text">The text.</param>
    /// <param name="element">The value; undefined where there is none.</param>
    /// <returns>Whether the text is one JSON value that nests no deeper than <see cref="MaxDepth"/>.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out JsonElement element)
    {
        try
        {
            element = Parse(text);
            return true;
        }
        catch (JsonException)
        {
            element = default;
            return false;
        }
    }

    private static void ReplaceUnpairedEscapes(Span<char> text)
    {
        for (var i = 0; i < text.Length;)
        {
            var next = text[i..].IndexOf('\\');
            if (next < 0)
            {
                return;
            }

            i += next;
            if (!TryReadEscape(text[i..], out var unit))
            {
                i += 2;
                continue;
            }

            if (char.IsHighSurrogate(unit)
                && TryReadEscape(text[(i + 6)..], out var second)
                && char.IsLowSurrogate(second))
            {
                i += 12;
                continue;
            }

            if (char.IsSurrogate(unit))
            {
                "fffd".CopyTo(text[(i + 2)..]);
            }

            i += 6;
        }
    }

    private static bool TryReadEscape(ReadOnlySpan<char> text, out char unit)
    {
        unit = default;
        if (text.Length < 6
            || text[0] != '\\'
            || text[1] != 'u'
            || !ushort.TryParse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        unit = (char)value;
        return true;
    }
}
