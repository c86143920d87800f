using System.Buffers;

namespace Agent.Core.Retrieval.Text;

/// <summary>
/// Text that every database takes: PostgreSQL refuses U+0000, and half of a surrogate pair is no Unicode. Each is replaced by U+FFFD, which is
/// as long, so that no offset moves.
/// </summary>
internal static class WellFormedText
{
    private const char Replacement = '\uFFFD';

    private static readonly SearchValues<char> Suspects = SearchValues.Create([.. Enumerable.Range('\uD800', 0x800).Select(static code => (char)code), '\0']);

    /// <summary>The text; the same object where nothing had to be replaced.</summary>
    public static string Of(string text) => IndexOfFault(text, 0) < 0 ? text : Replaced(text);

    /// <summary>The text; the same characters in place where nothing had to be replaced.</summary>
    public static ReadOnlySpan<char> Of(ReadOnlySpan<char> text) => IndexOfFault(text, 0) < 0 ? text : Replaced(text);

    private static string Replaced(ReadOnlySpan<char> text)
    {
        var characters = text.ToArray();
        for (var at = IndexOfFault(characters, 0); at >= 0; at = IndexOfFault(characters, at + 1))
        {
            characters[at] = Replacement;
        }

        return new string(characters);
    }

    private static int IndexOfFault(ReadOnlySpan<char> text, int start)
    {
        for (var at = start; at < text.Length; at += 2)
        {
            var next = text[at..].IndexOfAny(Suspects);
            if (next < 0)
            {
                return -1;
            }

            at += next;
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return at;
            }
        }

        return -1;
    }
}
