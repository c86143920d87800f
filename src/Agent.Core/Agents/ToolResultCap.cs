using System.Buffers;
using System.Text;

namespace Agent.Core.Agents;

/// <summary>Cuts a text to a number of UTF-8 bytes without splitting a character.</summary>
internal static class ToolResultCap
{
    /// <summary>Returns the text itself where it fits, else its longest prefix of whole runes and a note with both sizes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxBytes">The UTF-8 bytes that may be kept; the note comes on top.</param>
    public static string Apply(string text, int maxBytes)
    {
        // A UTF-16 unit takes at most three UTF-8 bytes, so a short text needs no counting.
        if (text.Length <= maxBytes / 3)
        {
            return text;
        }

        long total = Encoding.UTF8.GetByteCount(text);
        if (total <= maxBytes)
        {
            return text;
        }

        var kept = 0;
        var bytes = 0;
        while (kept < text.Length)
        {
            var valid = Rune.DecodeFromUtf16(text.AsSpan(kept), out var rune, out var units) == OperationStatus.Done;
            var size = valid ? rune.Utf8SequenceLength : Rune.ReplacementChar.Utf8SequenceLength;
            if (bytes + size > maxBytes)
            {
                break;
            }

            bytes += size;
            kept += units;
        }

        return string.Concat(text.AsSpan(0, kept), ToolResultTexts.Truncated(bytes, total));
    }
}
