using System.Text;

namespace Agent.Core.Retrieval.Documents;

/// <summary>One pass over the lines of a Markdown text. For one thread and one text.</summary>
internal sealed class MarkdownPass(string text, DocumentBuilder builder)
{
    private const int MaxFrontMatterLines = 500;

    private readonly StringBuilder _open = new();
    private bool _openIsItem;
    private int _itemLevel;
    private bool _blankBefore = true;
    private bool _noCommentEnds;
    private int _position;

    public void Run()
    {
        ReadFrontMatter();
        while (TryReadLine(out var line))
        {
            if (line.IsWhiteSpace())
            {
                // The indented paragraphs of an item are paragraphs of their own: they may be long.
                Close();
                _blankBefore = true;
                continue;
            }

            Take(line);
            _blankBefore = false;
        }

        Close();
    }

    private void Take(ReadOnlySpan<char> line)
    {
        if (_blankBefore && _itemLevel == 0 && MarkdownLine.Indent(line) >= 4)
        {
            TakeIndentedCode(line);
            return;
        }

        line = Unquote(line);
        if (MarkdownLine.Fence(line, out var mark) is > 0 and var fence)
        {
            TakeFence(mark, fence, MarkdownLine.Indent(line));
        }
        else if (MarkdownLine.Heading(line, out var heading) is > 0 and var level)
        {
            Close();
            _itemLevel = 0;
            builder.AddHeading(MarkdownInline.Plain(heading.ToString()), level);
        }
        else if (_open.Length > 0 && !_openIsItem && MarkdownLine.Underline(line) is > 0 and var underline)
        {
            var words = MarkdownInline.Plain(_open.ToString());
            _open.Clear();
            builder.AddHeading(words, underline);
        }
        else if (MarkdownLine.IsRule(line))
        {
            Close();
            _itemLevel = 0;
        }
        else if (line.TrimStart().StartsWith("<!--", StringComparison.Ordinal) && SkipComment(line))
        {
            Close();
        }
        else if (MarkdownLine.IsListItem(line))
        {
            Close();
            _openIsItem = true;
            _itemLevel = 1 + (MarkdownLine.Indent(line) / 2);
            _open.Append(line.Trim());
        }
        else if (line.Contains('|') && PeekLine() is var next && MarkdownLine.IsDelimiterRow(next))
        {
            TakeTable(line);
        }
        else
        {
            if (_open.Length == 0 && MarkdownLine.Indent(line) == 0)
            {
                _itemLevel = 0;
            }

            if (_open.Length > 0)
            {
                _open.Append('\n');
            }

            _open.Append(line.Trim());
        }
    }

    private void Close()
    {
        if (_open.Length > 0)
        {
            var words = MarkdownInline.Plain(_open.ToString());
            _open.Clear();
            if (_openIsItem)
            {
                builder.AddListItem(words, _itemLevel);
            }
            else
            {
                builder.AddParagraph(words);
            }
        }

        _openIsItem = false;
    }

    private void TakeFence(char mark, int length, int indent)
    {
        Close();
        var code = new StringBuilder();
        while (TryReadLine(out var line))
        {
            if (MarkdownLine.ClosesFence(line, mark, length))
            {
                break;
            }

            var blanks = 0;
            while (blanks < indent && blanks < line.Length && line[blanks] == ' ')
            {
                blanks++;
            }

            code.Append(line[blanks..]).Append('\n');
        }

        builder.AddCode(code.ToString());
    }

    private void TakeIndentedCode(ReadOnlySpan<char> line)
    {
        Close();
        var code = new StringBuilder();
        while (true)
        {
            code.Append(line.StartsWith("\t", StringComparison.Ordinal) ? line[1..] : line[Math.Min(4, line.Length - line.TrimStart(' ').Length)..]).Append('\n');
            var next = PeekLine();
            if (_position >= text.Length || (!next.IsWhiteSpace() && MarkdownLine.Indent(next) < 4))
            {
                break;
            }

            TryReadLine(out line);
        }

        builder.AddCode(code.ToString());
    }

    private void TakeTable(ReadOnlySpan<char> header)
    {
        Close();
        _itemLevel = 0;
        var table = builder.BeginTable();
        builder.AddRow(table, isHeader: true, MarkdownLine.Cells(header));
        TryReadLine(out _);
        while (_position < text.Length && PeekLine().Contains('|') && TryReadLine(out var line))
        {
            builder.AddRow(table, isHeader: false, MarkdownLine.Cells(Unquote(line)));
        }
    }

    /// <summary>Passes over a comment that begins here and ends on a line's end; others stay text.</summary>
    private bool SkipComment(ReadOnlySpan<char> line)
    {
        if (line.Contains("-->", StringComparison.Ordinal))
        {
            return line.TrimEnd().EndsWith("-->", StringComparison.Ordinal);
        }

        // Every comment that never ends would search the rest of the text again.
        if (_noCommentEnds)
        {
            return false;
        }

        var end = text.IndexOf("-->", _position, StringComparison.Ordinal);
        if (end < 0)
        {
            _noCommentEnds = true;
            return false;
        }

        var lineEnd = text.IndexOf('\n', end);
        lineEnd = lineEnd < 0 ? text.Length : lineEnd;
        if (!text.AsSpan(end + 3, lineEnd - end - 3).IsWhiteSpace())
        {
            return false;
        }

        _position = Math.Min(text.Length, lineEnd + 1);
        return true;
    }

    private void ReadFrontMatter()
    {
        if (!PeekLine().TrimEnd().SequenceEqual("---"))
        {
            return;
        }

        var start = _position;
        TryReadLine(out _);
        List<(string Key, string Value)> found = [];
        for (var lines = 0; lines < MaxFrontMatterLines && TryReadLine(out var line); lines++)
        {
            if (line.TrimEnd() is "---" or "...")
            {
                foreach (var (key, value) in found)
                {
                    builder.SetMetadata(key, value);
                    if (key.Equals("title", StringComparison.OrdinalIgnoreCase))
                    {
                        builder.SetTitle(value);
                    }
                }

                return;
            }

            var colon = line.IndexOf(':');
            if (colon > 0 && !char.IsWhiteSpace(line[0]) && line[0] is not ('-' or '#'))
            {
                found.Add((line[..colon].ToString(), Scalar(line[(colon + 1)..])));
            }
            else if (found.Count > 0 && line.TrimStart().StartsWith("- ", StringComparison.Ordinal))
            {
                // A list of plain values under its key is read as one value.
                var (key, value) = found[^1];
                found[^1] = (key, value.Length == 0 ? Scalar(line.TrimStart()[2..]) : $"{value}, {Scalar(line.TrimStart()[2..])}");
            }
        }

        // No end: it was a rule and text.
        _position = start;
    }

    private static string Scalar(ReadOnlySpan<char> value)
    {
        value = value.Trim();
        if (value.Length >= 2 && (value[0] is '"' or '\'') && value[^1] == value[0])
        {
            value = value[1..^1];
        }
        else if (value.Length >= 2 && value[0] == '[' && value[^1] == ']')
        {
            value = value[1..^1];
        }

        return value.Trim().ToString();
    }

    private static ReadOnlySpan<char> Unquote(ReadOnlySpan<char> line)
    {
        while (line.TrimStart() is ['>', .. var rest])
        {
            line = rest is [' ', .. var words] ? words : rest;
        }

        return line;
    }

    private ReadOnlySpan<char> PeekLine()
    {
        var position = _position;
        TryReadLine(out var line);
        _position = position;
        return line;
    }

    private bool TryReadLine(out ReadOnlySpan<char> line)
    {
        if (_position >= text.Length)
        {
            line = default;
            return false;
        }

        var end = text.AsSpan(_position).IndexOf('\n');
        var length = end < 0 ? text.Length - _position : end;
        line = text.AsSpan(_position, length);
        _position += length + 1;
        return true;
    }
}
