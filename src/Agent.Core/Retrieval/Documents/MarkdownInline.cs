using System.Text;

namespace Agent.Core.Retrieval.Documents;

/// <summary>Links and images within Markdown text: their words stay, their addresses go.</summary>
internal static class MarkdownInline
{
    // Looking further for the end of a link that never ends would make hostile lines cost their length squared.
    private const int MaxLabel = 1000;
    private const int MaxTarget = 2000;
    private const int AskEvery = 1 << 16;

    /// <summary>The text without the addresses of its links. Linear in the text's length.</summary>
    public static string Plain(string text, CancellationToken cancellationToken)
    {
        if (!text.Contains("](", StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        var labels = new BracketPairs(text, '[', ']', MaxLabel, BracketKind.Escapes);
        var targets = new BracketPairs(text, '(', ')', MaxTarget, BracketKind.OneLine);
        var copied = 0;
        var unclosed = 0;
        var asked = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (i - asked >= AskEvery)
            {
                cancellationToken.ThrowIfCancellationRequested();
                asked = i;
            }

            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case '`':
                    i = EndOfCode(text, i);
                    break;
                case '[' when LabelEnd(text, labels, i) is > 0 and var label && TargetEnd(text, targets, label + 1, ref unclosed) is > 0 and var target:
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

    private static int LabelEnd(string text, BracketPairs labels, int open) =>
        labels.EndOf(open) is > 0 and var end && end + 1 < text.Length && text[end + 1] == '(' ? end : 0;

    private static int TargetEnd(string text, BracketPairs targets, int open, ref int unclosed)
    {
        if (targets.EndOf(open) is > 0 and var end)
        {
            return end;
        }

        var start = open + 1;

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
