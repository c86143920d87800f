using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>The header of the table that a row belongs to. For one thread.</summary>
internal sealed class TableHeaders
{
    private readonly SourceDocument _document;
    private readonly Dictionary<int, DocumentBlock> _headers = [];

    /// <summary>Finds the headers that are worth repeating.</summary>
    /// <param name="document">The document.</param>
    /// <param name="counter">Counts tokens.</param>
    /// <param name="maxTokens">Longer headers are not repeated: they would leave too little room for rows.</param>
    public TableHeaders(SourceDocument document, TokenCounter counter, int maxTokens)
    {
        _document = document;
        foreach (var block in document.Blocks)
        {
            if (block.IsTableHeader && !_headers.ContainsKey(block.Table) && counter(document.TextOf(block)) <= maxTokens)
            {
                _headers.Add(block.Table, block);
            }
        }
    }

    /// <summary>The header over a block; nothing for blocks that are no rows, and for headers.</summary>
    public ReadOnlySpan<char> Over(int index)
    {
        var block = _document.Blocks[index];
        return block.Kind == DocumentBlockKind.TableRow && !block.IsTableHeader && _headers.TryGetValue(block.Table, out var header)
            ? _document.TextOf(header)
            : default;
    }
}
