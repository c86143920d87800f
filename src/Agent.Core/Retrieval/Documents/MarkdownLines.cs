namespace Agent.Core.Retrieval.Documents;

/// <summary>The lines of a Markdown text, one after the other, without the marks of the quotes that they stand in. For one thread.</summary>
internal sealed class MarkdownLines(string text)
{
    private bool _noCommentEnds;

    /// <summary>Where reading goes on, for <see cref="ReturnTo"/>.</summary>
    public int Position { get; private set; }

    /// <summary>How many quotes the line that was entered last stands in.</summary>
    public int QuoteDepth { get; private set; }

    /// <summary>Reads a line in whatever quotes it stands, unless its own indentation makes it code.</summary>
    public bool TryEnter(bool indentedIsCode, out ReadOnlySpan<char> line)
    {
        QuoteDepth = 0;
        if (!TryRead(out line))
        {
            return false;
        }

        while (!(indentedIsCode && MarkdownLine.Indent(line) >= 4) && TryUnquote(ref line))
        {
            QuoteDepth++;
        }

        return true;
    }

    /// <summary>Reads a line of the quotes that were entered; false at their end.</summary>
    public bool TryRead(out ReadOnlySpan<char> line)
    {
        var found = TryPeek(out line, out var next);
        if (found)
        {
            Position = next;
        }

        return found;
    }

    /// <inheritdoc cref="TryRead"/>
    public bool TryPeek(out ReadOnlySpan<char> line) => TryPeek(out line, out _);

    /// <summary>Whether a line begins a quote.</summary>
    public static bool IsQuote(ReadOnlySpan<char> line) => TryUnquote(ref line);

    /// <summary>Goes back to a line.</summary>
    public void ReturnTo(int position) => Position = position;

    /// <summary>Passes over the lines of a comment that has begun, if it ends on a line's end.</summary>
    public bool TrySkipComment()
    {
        // Every comment that never ends would search the rest of the text again.
        if (_noCommentEnds || Position >= text.Length)
        {
            return false;
        }

        var end = text.IndexOf("-->", Position, StringComparison.Ordinal);
        if (end < 0)
        {
            _noCommentEnds = true;
            return false;
        }

        var lineEnd = EndOfLine(end);
        if (!text.AsSpan(end + 3, lineEnd - end - 3).IsWhiteSpace())
        {
            return false;
        }

        Position = lineEnd + 1;
        return true;
    }

    private bool TryPeek(out ReadOnlySpan<char> line, out int next)
    {
        line = default;
        next = Position;
        if (Position >= text.Length)
        {
            return false;
        }

        var end = EndOfLine(Position);
        var rest = text.AsSpan(Position, end - Position);
        for (var depth = 0; depth < QuoteDepth; depth++)
        {
            if (!TryUnquote(ref rest))
            {
                return false;
            }
        }

        line = rest;
        next = end + 1;
        return true;
    }

    private int EndOfLine(int position)
    {
        var end = text.AsSpan(position).IndexOf('\n');
        return end < 0 ? text.Length : position + end;
    }

    private static bool TryUnquote(ref ReadOnlySpan<char> line)
    {
        if (line.TrimStart() is not ['>', .. var rest])
        {
            return false;
        }

        line = rest is [' ', .. var words] ? words : rest;
        return true;
    }
}
