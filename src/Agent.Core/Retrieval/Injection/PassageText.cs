using System.Globalization;
using System.Text;

namespace Agent.Core.Retrieval.Injection;

/// <summary>How passages are written for a model: <c>[1] title > heading</c>, the text below, a blank line between two.</summary>
internal static class PassageText
{
    /// <summary>Between two passages.</summary>
    public const string Separator = "\n\n";

    private const int LongestHead = 200;

    /// <summary>All passages.</summary>
    public static string Join(IEnumerable<(int Number, PackedPassage Passage)> passages) =>
        string.Join(Separator, passages.Select(next => Block(next.Number, next.Passage.Head, next.Passage.Body)));

    /// <summary>One passage.</summary>
    public static string Block(int number, string head, string body)
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"[{number}]");
        return head.Length == 0 ? $"{mark} {body}" : $"{mark} {head}\n{body}";
    }

    /// <summary>Title and headings, harmless; a heading that repeats what stands before it is left out.</summary>
    public static string HeadOf(Passage passage)
    {
        var parts = passage.Path.Select(UntrustedText.OneLine).Where(static part => part.Length > 0);
        var head = new StringBuilder().AppendJoin(" > ", parts);
        if (head.Length > LongestHead)
        {
            head.Length = char.IsHighSurrogate(head[LongestHead - 1]) ? LongestHead - 1 : LongestHead;
            head.Append('…');
        }

        return head.ToString();
    }
}
