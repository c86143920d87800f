using System.Text;

namespace Agent.Core.Retrieval.Documents;

/// <summary>Text that has to stand in one line: a title, the name of a field, a cell.</summary>
internal static class SingleLine
{
    /// <summary>The words of a text with one blank between them, without control characters.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The characters that are kept; a character of two code units is kept whole or not at all.</param>
    public static string Of(ReadOnlySpan<char> text, int maxLength = int.MaxValue)
    {
        var line = new StringBuilder(Math.Min(text.Length, maxLength));
        var blank = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                blank = line.Length > 0 ? 1 : 0;
            }
            else if (!Rune.IsControl(rune))
            {
                if (line.Length + blank + rune.Utf16SequenceLength > maxLength)
                {
                    break;
                }

                line.Append(' ', blank).Append(rune);
                blank = 0;
            }
        }

        return line.ToString();
    }
}
