using System.Buffers;

namespace Agent.Core.Retrieval.Documents;

/// <summary>What a single line of Markdown can be.</summary>
internal static class MarkdownLine
{
    private static readonly SearchValues<char> DelimiterRow = SearchValues.Create("|:- \t");

    /// <summary>Level of an ATX heading, and its text; 0 for other lines.</summary>
    public static int Heading(ReadOnlySpan<char> line, out ReadOnlySpan<char> text)
    {
        text = default;
        if (Indent(line) > 3)
        {
            return 0;
        }

        line = line.Trim();
        var level = 0;
        while (level < line.Length && line[level] == '#')
        {
            level++;
        }

        if (level is 0 or > 6 || (level < line.Length && line[level] is not (' ' or '\t')))
        {
            return 0;
        }

        text = line[level..].Trim();
        var closing = text.TrimEnd('#');
        if (closing.IsEmpty || char.IsWhiteSpace(closing[^1]))
        {
            text = closing.TrimEnd();
        }

        return level;
    }

    /// <summary>1 or 2 for the line below a heading, else 0.</summary>
    public static int Underline(ReadOnlySpan<char> line)
    {
        if (Indent(line) > 3)
        {
            return 0;
        }

        line = line.Trim();
        if (line.IsEmpty)
        {
            return 0;
        }

        return line.TrimStart('=').IsEmpty ? 1 : line.TrimStart('-').IsEmpty ? 2 : 0;
    }

    /// <summary>Length of the run that opens a code fence, else 0.</summary>
    public static int Fence(ReadOnlySpan<char> line, out char mark)
    {
        line = line.TrimStart();
        mark = line.IsEmpty ? ' ' : line[0];
        if (mark is not ('`' or '~'))
        {
            return 0;
        }

        var run = line.Length - line.TrimStart(mark).Length;
        // A back-tick behind the run makes it code within a line.
        return run >= 3 && !(mark == '`' && line[run..].Contains('`')) ? run : 0;
    }

    public static bool ClosesFence(ReadOnlySpan<char> line, char mark, int length)
    {
        line = line.Trim();
        return line.Length >= length && line.TrimStart(mark).IsEmpty;
    }

    public static bool IsRule(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        if (line.Length < 3 || line[0] is not ('-' or '*' or '_'))
        {
            return false;
        }

        var marks = 0;
        foreach (var character in line)
        {
            if (character == line[0])
            {
                marks++;
            }
            else if (character is not (' ' or '\t'))
            {
                return false;
            }
        }

        return marks >= 3;
    }

    public static bool IsListItem(ReadOnlySpan<char> line)
    {
        line = line.TrimStart();
        if (line.Length < 2)
        {
            return false;
        }

        if (line[0] is '-' or '*' or '+')
        {
            return line[1] is ' ' or '\t';
        }

        var digits = 0;
        while (digits < line.Length && digits <= 9 && char.IsAsciiDigit(line[digits]))
        {
            digits++;
        }

        return digits is > 0 and <= 9 && digits + 1 < line.Length && (line[digits] is '.' or ')') && (line[digits + 1] is ' ' or '\t');
    }

    /// <summary>The line between a table's header and its rows.</summary>
    public static bool IsDelimiterRow(ReadOnlySpan<char> line) =>
        line.Contains('-') && line.Contains('|') && !line.ContainsAnyExcept(DelimiterRow);

    /// <summary>Cells of a table's row; a bar behind a backslash or in back-ticks is text.</summary>
    public static List<string> Cells(ReadOnlySpan<char> line, CancellationToken cancellationToken)
    {
        line = line.Trim();
        line = line.StartsWith("|", StringComparison.Ordinal) ? line[1..] : line;
        List<string> cells = [];
        var start = 0;
        var inCode = false;
        var lastBacktick = line.LastIndexOf('`');
        for (var i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '\\':
                    i++;
                    break;
                case '`':
                    inCode = !inCode && i < lastBacktick;
                    break;
                case '|' when !inCode:
                    cells.Add(Cell(line[start..i], cancellationToken));
                    start = i + 1;
                    break;
                default:
                    break;
            }
        }

        if (!line[start..].IsWhiteSpace())
        {
            cells.Add(Cell(line[start..], cancellationToken));
        }

        return cells;
    }

    /// <summary>Columns before the text, a tab being four.</summary>
    public static int Indent(ReadOnlySpan<char> line)
    {
        var columns = 0;
        foreach (var character in line)
        {
            if (character == ' ')
            {
                columns++;
            }
            else if (character == '\t')
            {
                columns += 4 - (columns % 4);
            }
            else
            {
                break;
            }
        }

        return columns;
    }

    private static string Cell(ReadOnlySpan<char> cell, CancellationToken cancellationToken) =>
        MarkdownInline.Plain(cell.Trim().ToString().Replace("\\|", "|", StringComparison.Ordinal), cancellationToken);
}
