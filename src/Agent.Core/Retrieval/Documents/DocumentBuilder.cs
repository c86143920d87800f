using System.Text;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Documents;

/// <summary>Collects the blocks of a document and keeps the limits. For one thread.</summary>
internal sealed class DocumentBuilder(DocumentContent content, CancellationToken cancellationToken)
{
    /// <summary>Characters of a title, a name or a value that are kept.</summary>
    public const int MaxMetadataLength = 1000;

    private const int MaxMetadata = 100;
    private const int MaxWarnings = 20;

    private readonly StringBuilder _text = new();
    private readonly List<DocumentBlock> _blocks = [];
    private readonly Dictionary<string, string> _metadata = [];
    private readonly List<string> _warnings = [];
    private string? _firstHeading;
    private string? _title;
    private bool _lastSpansLines;
    private int _tables;

    /// <summary>Names the document; the first name that is not blank stands.</summary>
    public void SetTitle(string? title) => _title ??= OneLine(title);

    /// <summary>Adds what the document says of itself. Values are cut and further keys dropped beyond what anybody filters by.</summary>
    public void SetMetadata(string key, string value)
    {
        if (_metadata.Count < MaxMetadata && OneLine(key) is { } name && OneLine(value) is { } text)
        {
            _metadata.TryAdd(name, text);
        }
    }

    public void Warn(string sentence)
    {
        if (_warnings.Count < MaxWarnings)
        {
            _warnings.Add(sentence);
        }
    }

    public void AddHeading(ReadOnlySpan<char> text, int level)
    {
        if (Add(new DocumentBlock { Kind = DocumentBlockKind.Heading, Offset = 0, Length = 0, Level = Math.Clamp(level, 1, 9) }, text) && level == 1)
        {
            _firstHeading ??= OneLine(text);
        }
    }

    public void AddParagraph(ReadOnlySpan<char> text) =>
        Add(new DocumentBlock { Kind = DocumentBlockKind.Paragraph, Offset = 0, Length = 0 }, text);

    public void AddListItem(ReadOnlySpan<char> text, int level) =>
        Add(new DocumentBlock { Kind = DocumentBlockKind.ListItem, Offset = 0, Length = 0, Level = Math.Max(1, level) }, text);

    public void AddCode(ReadOnlySpan<char> text) =>
        Add(new DocumentBlock { Kind = DocumentBlockKind.Code, Offset = 0, Length = 0 }, text);

    /// <summary>Begins a table; the number goes with each of its rows.</summary>
    public int BeginTable() => ++_tables;

    /// <summary>Adds a row of a table as it is drawn: cells beside each other.</summary>
    public void AddRow(int table, bool isHeader, IReadOnlyList<string> cells) => AddCells(table, isHeader, cells, " | ");

    /// <summary>Adds a record of a data file: one line for each field.</summary>
    public void AddRecord(int table, IReadOnlyList<string> fields) => AddCells(table, isHeader: false, fields, "\n");

    public SourceDocument Build() =>
        new(_title ?? _firstHeading ?? content.FallbackTitle, _metadata, _text.ToString(), _blocks, _warnings);

    private void AddCells(int table, bool isHeader, IReadOnlyList<string> cells, string separator)
    {
        // Cells that come first or last and are empty would leave separators that nobody reads.
        var text = new StringBuilder();
        List<int> starts = [];
        var last = cells.Count - 1;
        while (last >= 0 && string.IsNullOrWhiteSpace(cells[last]))
        {
            last--;
        }

        for (var i = 0; i <= last; i++)
        {
            if (i > 0)
            {
                text.Append(separator);
                starts.Add(text.Length);
            }

            ThrowIfTooLong(text.Length + cells[i].Length);
            text.Append(cells[i].AsSpan().Trim());
        }

        var row = text.ToString();
        var indent = row.Length - row.AsSpan().TrimStart().Length;
        if (indent > 0)
        {
            starts = [.. starts.Select(start => start - indent).Where(start => start > 0)];
        }

        Add(new DocumentBlock { Kind = DocumentBlockKind.TableRow, Offset = 0, Length = 0, Table = table, IsTableHeader = isHeader, CellStarts = starts }, row);
    }

    private bool Add(DocumentBlock block, ReadOnlySpan<char> text)
    {
        cancellationToken.ThrowIfCancellationRequested();
        text = block.Kind == DocumentBlockKind.Code ? TrimBlankLines(text) : text.Trim();
        if (text.IsEmpty)
        {
            return false;
        }

        if (_blocks.Count >= content.Limits.MaxBlocks)
        {
            throw DocumentException.OverLimit(content.Name, $"The document has more than {content.Limits.MaxBlocks:N0} blocks");
        }

        ThrowIfTooLong(_text.Length + text.Length + 2);
        if (_blocks.Count > 0)
        {
            _text.Append(StandTogether(_blocks[^1], block) ? "\n" : "\n\n");
        }

        _blocks.Add(block with { Offset = _text.Length, Length = text.Length });
        _text.Append(WellFormedText.Of(text));
        _lastSpansLines = text.Contains('\n');
        return true;
    }

    private void ThrowIfTooLong(long length)
    {
        if (length > content.Limits.MaxTextLength)
        {
            throw DocumentException.TooLong(content);
        }
    }

    private bool StandTogether(DocumentBlock last, DocumentBlock next) => (last.Kind, next.Kind) switch
    {
        (DocumentBlockKind.ListItem, DocumentBlockKind.ListItem) => true,
        (DocumentBlockKind.TableRow, DocumentBlockKind.TableRow) => last.Table == next.Table && !_lastSpansLines,
        _ => false,
    };

    private static ReadOnlySpan<char> TrimBlankLines(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd();
        var first = text.Length - text.TrimStart().Length;
        var line = text[..first].LastIndexOf('\n');
        return text[(line + 1)..];
    }

    private static string? OneLine(ReadOnlySpan<char> text) => SingleLine.Of(text, MaxMetadataLength) is { Length: > 0 } line ? line : null;
}
