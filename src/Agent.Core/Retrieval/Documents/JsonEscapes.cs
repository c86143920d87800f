using System.Globalization;

namespace Agent.Core.Retrieval.Documents;

/// <summary>
/// Escapes in JSON that name half of a character (<c>\ud83d</c> alone), as programs write them that cut texts anywhere. The parser reads them
/// and then refuses to hand out the text, and with it the whole file.
/// </summary>
internal static class JsonEscapes
{
    private const string Replacement = "fffd";
    private const int EscapeLength = 6;

    /// <summary>The JSON with U+FFFD in place of halves; the same object where there is none.</summary>
    public static string WithoutHalves(string json)
    {
        char[]? mended = null;
        for (var at = json.IndexOf('\\', StringComparison.Ordinal); at >= 0 && at < json.Length;)
        {
            var length = 2;
            if (CodeAt(json, at) is { } code)
            {
                length = EscapeLength;
                if (char.IsHighSurrogate(code) && CodeAt(json, at + EscapeLength) is { } next && char.IsLowSurrogate(next))
                {
                    length = 2 * EscapeLength;
                }
                else if (char.IsSurrogate(code))
                {
                    mended ??= json.ToCharArray();
                    Replacement.CopyTo(mended.AsSpan(at + 2));
                }
            }

            at = at + length < json.Length ? json.IndexOf('\\', at + length) : -1;
        }

        return mended is null ? json : new string(mended);
    }

    private static char? CodeAt(string json, int at) =>
        at + EscapeLength <= json.Length && json[at] == '\\' && json[at + 1] == 'u' && ushort.TryParse(json.AsSpan(at + 2, EscapeLength - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? (char)code
            : null;
}
