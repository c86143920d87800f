using System.Text;

namespace Agent.Core.Retrieval.Documents;

/// <summary>Links and images within Markdown text: their words stay, their addresses go.</summary>
internal static class MarkdownInline
{
    // Looking further for the end of a link that never ends would make hostile lines cost their length squared.
    private const int MaxLabel = 1000;
    private const int MaxTarget = 2000;

    public static string Plain(string text)
    {
        if (!text.Contains("](", StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        var copied = 0;
        var unclosed = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '`':
                    i = EndOfCode(text, i);
                    break;
                case '[' when LabelEnd(text, i) is > 0 and var label && TargetEnd(text, label + 2, ref unclosed) is > 0 and var target:
                    var image = i > copied && text[i - 1] == '!';
                    plain.Append(text, copied, i - copied - (image ? 1 : 0));
                    // A label may hold an image of its own, as badges do; one level is what occurs.
                    plain.Append(text.AsSpan(i + 1, label - i - 1));
                    copied = target + 1;
                    i = target;
                    break;
                default:
                    break;
            }
        }

        return plain.Append(text, copied, text.Length - copied).ToString();
    }

    private static int EndOfCode(string text, int start)
    {
        var end = text.IndexOf('`', start + 1, Math.Min(MaxLabel, text.Length - start - 1));
        return end < 0 ? start : end;
    }

    private static int LabelEnd(string text, int open)
    {
        var depth = 0;
        var end = Math.Min(text.Length - 1, open + MaxLabel);
        for (var i = open; i < end; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    depth++;
                    break;
                case ']' when --depth == 0:
                    return text[i + 1] == '(' ? i : 0;
                default:
                    break;
            }
        }

        return 0;
    }

    private static int TargetEnd(string text, int start, ref int unclosed)
    {
        var depth = 0;
        var end = Math.Min(text.Length, start + MaxTarget);
        for (var i = start; i < end; i++)
        {
            switch (text[i])
            {
                case '\n':
                    return 0;
                case '(':
                    depth++;
                    break;
                case ')' when depth-- == 0:
                    return i;
                default:
                    break;
            }
        }

        // Pictures may stand in the text itself, far longer than any address. Where one has no end, those behind it on its line have none
        // either, and are not searched again.
        if (start >= unclosed && string.CompareOrdinal(text, start, "data:", 0, 5) == 0)
        {
            var close = text.AsSpan(start).IndexOfAny(')', '\n');
            if (close >= 0 && text[start + close] == ')')
            {
                return start + close;
            }

            unclosed = close < 0 ? text.Length : start + close;
        }

        return 0;
    }
}
