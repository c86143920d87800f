using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>
/// Cuts documents into chunks along their structure. A chunk holds whole blocks as long as they fit and never goes over a heading of level 1
/// or 2. A block that does not fit alone is cut between sentences; a sentence that does not, between clauses or words; a row, between cells;
/// code, between lines. The parts cover the document's text once, white space aside. Immutable and thread-safe.
/// </summary>
public sealed class Chunker
{
    private readonly ChunkOptions _options;
    private readonly TokenCounter _counter;

    /// <summary>Creates a chunker.</summary>
    /// <param name="options">How to cut; null for the defaults.</param>
    /// <param name="counter">How tokens are counted; null for <see cref="TokenCounters.Estimate"/>. Its work is called several times for each text.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public Chunker(ChunkOptions? options = null, TokenCounter? counter = null)
    {
        _options = options ?? new ChunkOptions();
        _options.Validate();
        _counter = counter ?? TokenCounters.Estimate;
    }

    /// <summary>Cuts a document. The same document, options and counter give the same chunks.</summary>
    /// <returns>
    /// The chunks in the order of the document. None counts more than <see cref="ChunkOptions.MaxTokens"/>, but for one character that a
    /// counter takes for more than there is room: it is a chunk by itself.
    /// </returns>
    public IReadOnlyList<Chunk> Split(SourceDocument document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(document);
        return new ChunkRun(document, _options.MaxTokens, _counter, cancellationToken).Run();
    }
}
