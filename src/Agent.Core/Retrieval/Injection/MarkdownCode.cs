namespace Agent.Core.Retrieval.Injection;

/// <summary>Where Markdown text is code: fenced blocks, and spans between runs of as many backticks within one paragraph. Found in linear time.</summary>
internal sealed class MarkdownCode
{
    private const int ShortestFence = 3;
    private readonly List<(int Start, int End)> _code = [];
    private int _next;

    public MarkdownCode(string text)
    {
        List<(int Start, int Length, int Paragraph)> runs = [];
        var paragraph = 0;
        for (var line = 0; line < text.Length;)
        {
            var end = text.IndexOf('\n', line);
            end = end < 0 ? text.Length : end + 1;
            if (FenceAt(text.AsSpan(line, end - line)) is { } fence)
            {
                line = SkipFence(text, line, end, fence);
                paragraph++;
                continue;
            }

            if (text.AsSpan(line, end - line).IsWhiteSpace())
            {
                paragraph++;
            }

            AddRuns(text, line, end, paragraph, runs);
            line = end;
        }

        AddSpans(runs);
        _code.Sort();
    }

    /// <summary>The end of the code that holds a position; 0 where it is in none. Positions must come in rising order.</summary>
    public int EndAt(int position)
    {
        while (_next < _code.Count && _code[_next].End <= position)
        {
            _next++;
        }

        return _next < _code.Count && _code[_next].Start <= position ? _code[_next].End : 0;
    }

    private int SkipFence(string text, int start, int firstLineEnd, (char Mark, int Length) fence)
    {
        var line = firstLineEnd;
        while (line < text.Length)
        {
            var end = text.IndexOf('\n', line);
            end = end < 0 ? text.Length : end + 1;
            var content = text.AsSpan(line, end - line);
            line = end;
            if (FenceAt(content) is { } close && close.Mark == fence.Mark && close.Length >= fence.Length && content.Trim().TrimStart(close.Mark).IsEmpty)
            {
                break;
            }
        }

        _code.Add((start, line));
        return line;
    }

    private static (char Mark, int Length)? FenceAt(ReadOnlySpan<char> line)
    {
        var text = line.TrimStart(' ');
        if (line.Length - text.Length > 3 || text.IsEmpty || text[0] is not ('`' or '~'))
        {
            return null;
        }

        var length = text.Length - text.TrimStart(text[0]).Length;

        // Backticks that come again in the line are a span's.
        return length >= ShortestFence && !(text[0] == '`' && text[length..].Contains('`')) ? (text[0], length) : null;
    }

    private static void AddRuns(string text, int start, int end, int paragraph, List<(int Start, int Length, int Paragraph)> runs)
    {
        for (var at = start; at < end;)
        {
            var next = text.AsSpan(at, end - at).IndexOf('`');
            if (next < 0)
            {
                return;
            }

            at += next;
            var length = 1;
            while (at + length < end && text[at + length] == '`')
            {
                length++;
            }

            runs.Add((at, length, paragraph));
            at += length;
        }
    }

    /// <summary>Pairs each run with the next of its length; those in between are code. Where the next is was noted from the end on, so no run looks for it.</summary>
    private void AddSpans(List<(int Start, int Length, int Paragraph)> runs)
    {
        var partner = new int[runs.Count];
        var latest = new Dictionary<(int Length, int Paragraph), int>();
        for (var i = runs.Count - 1; i >= 0; i--)
        {
            var key = (runs[i].Length, runs[i].Paragraph);
            partner[i] = latest.GetValueOrDefault(key, -1);
            latest[key] = i;
        }

        for (var i = 0; i < runs.Count; i++)
        {
            if (partner[i] is >= 0 and var close)
            {
                _code.Add((runs[i].Start, runs[close].Start + runs[close].Length));
                i = close;
            }
        }
    }
}
