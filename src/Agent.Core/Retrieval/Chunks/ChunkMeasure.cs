using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>How many tokens parts of a document count as chunks, with the headings and table headers that go with them. For one thread.</summary>
internal sealed class ChunkMeasure(SourceDocument document, int maxTokens, TokenCounter counter)
{
    // Shares of a chunk that its heading path and the repeated header of a table may take.
    private const int PathShare = 4;
    private const int HeaderShare = 3;

    // No text has tokens of this length on average. Longer units are not counted at all, or one long line would be counted anew for each chunk.
    private const int MaxTokenLength = 64;

    private readonly HeadingPaths _paths = new(document, counter, maxTokens / PathShare);
    private readonly TableHeaders _headers = new(document, counter, maxTokens / HeaderShare);

    /// <summary>The most tokens of a chunk.</summary>
    public int MaxTokens => maxTokens;

    /// <summary>The most UTF-16 code units of a chunk.</summary>
    public int MaxLength => maxTokens * MaxTokenLength;

    public int Count(ReadOnlySpan<char> text) => counter(text);

    /// <summary>Tokens of a chunk that reaches from one index to another; <see cref="int.MaxValue"/> where it is too long to be counted.</summary>
    public int Count(int start, int end, HeadingNode? heading, ReadOnlySpan<char> header) => end - start > MaxLength
        ? int.MaxValue
        : counter(ChunkText.Compose(Path(heading), TextOf(start, end, header)));

    /// <summary>Whether a unit fits into a chunk by itself.</summary>
    public bool FitsAlone(ChunkUnit unit) => Count(unit.Start, unit.End, HeadingOver(unit.Block), HeaderOver(unit)) <= maxTokens;

    public string TextOf(int start, int end, ReadOnlySpan<char> header)
    {
        var text = document.Text.AsSpan(start, end - start).TrimEnd();
        return header.IsEmpty ? text.ToString() : $"{header}\n{text}";
    }

    /// <summary>The header to repeat over a chunk that begins with a unit.</summary>
    public ReadOnlySpan<char> HeaderOver(ChunkUnit first) => first.DropsHeader ? default : _headers.Over(first.Block);

    /// <summary>The heading that a block stands under; for a heading, itself.</summary>
    public HeadingNode? HeadingOver(int block) => _paths.Of(block);

    /// <summary>The path to a heading, cut to its share of a chunk.</summary>
    public string[] Path(HeadingNode? heading) => _paths.Path(heading);
}
