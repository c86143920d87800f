using System.Text;

namespace Agent.Core.Retrieval.Documents;

/// <summary>One pass over the lines of a Markdown text. For one thread and one text.</summary>
internal sealed class MarkdownPass(string text, DocumentBuilder builder, CancellationToken cancellationToken)
{
    private readonly MarkdownLines _lines = new(text);
    private readonly StringBuilder _open = new();
    private bool _openIsItem;
    private int _itemLevel;
    private bool _blankBefore = true;

    private bool IndentedIsCode => _blankBefore && _itemLevel == 0;

    public void Run()
    {
        MarkdownFrontMatter.Read(_lines, builder);
        var quoteDepth = 0;
        while (_lines.TryEnter(IndentedIsCode, out var line))
        {
            if (_lines.QuoteDepth > quoteDepth)
            {
                // A quote ends the paragraph before it; the paragraph of a quote may go on without its mark.
                Close();
            }

            quoteDepth = _lines.QuoteDepth;
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
        if (IndentedIsCode && MarkdownLine.Indent(line) >= 4)
        {
            TakeIndentedCode(line);
        }
        else if (MarkdownLine.Fence(line, out var mark) is > 0 and var fence)
        {
            TakeFence(mark, fence, MarkdownLine.Indent(line));
        }
        else if (MarkdownLine.Heading(line, out var heading) is > 0 and var level)
        {
            Close();
            _itemLevel = 0;
            builder.AddHeading(MarkdownInline.Plain(heading.ToString(), cancellationToken), level);
        }
        else if (_open.Length > 0 && !_openIsItem && MarkdownLine.Underline(line) is > 0 and var underline)
        {
            var words = MarkdownInline.Plain(_open.ToString(), cancellationToken);
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
        else if (line.Contains('|') && _lines.TryPeek(out var next) && MarkdownLine.IsDelimiterRow(next))
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
            var words = MarkdownInline.Plain(_open.ToString(), cancellationToken);
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
        while (_lines.TryRead(out var line))
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
        do
        {
            code.Append(line.StartsWith("\t", StringComparison.Ordinal) ? line[1..] : line[Math.Min(4, line.Length - line.TrimStart(' ').Length)..]).Append('\n');
        }
        while (_lines.TryPeek(out line) && (line.IsWhiteSpace() || MarkdownLine.Indent(line) >= 4) && _lines.TryRead(out line));

        builder.AddCode(code.ToString());
    }

    private void TakeTable(ReadOnlySpan<char> header)
    {
        Close();
        _itemLevel = 0;
        var table = builder.BeginTable();
        builder.AddRow(table, isHeader: true, MarkdownLine.Cells(header, cancellationToken));
        _lines.TryRead(out _);
        while (_lines.TryPeek(out var line) && line.Contains('|') && !MarkdownLines.IsQuote(line) && _lines.TryRead(out line))
        {
            builder.AddRow(table, isHeader: false, MarkdownLine.Cells(line, cancellationToken));
        }
    }

    /// <summary>Passes over a comment that begins here and ends on a line's end; others stay text.</summary>
    private bool SkipComment(ReadOnlySpan<char> line) =>
        line.Contains("-->", StringComparison.Ordinal) ? line.TrimEnd().EndsWith("-->", StringComparison.Ordinal) : _lines.TrySkipComment();
}
