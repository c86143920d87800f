namespace Agent.Core.Retrieval.Chunks;

/// <summary>A piece of a document that is found and shown by itself. Immutable. Its texts are untrusted.</summary>
public sealed record Chunk
{
    /// <summary>Names the content: the same headings and text have the same id in every document.</summary>
    /// <value>The first 32 hexadecimal digits, in lower case, of SHA-256 over heading path and text.</value>
    public required string Id { get; init; }

    /// <summary>Position among the chunks of its document.</summary>
    /// <value>From 0.</value>
    public required int Ordinal { get; init; }

    /// <summary>
    /// The headings that the text stands under, outermost first, one that begins the text included. Paths over a quarter of the limit lose
    /// their outer headings and then the end of the last one.
    /// </summary>
    public required IReadOnlyList<string> HeadingPath { get; init; }

    /// <summary>
    /// The document's text from <see cref="Start"/> to <see cref="End"/>; where it continues a table, the table's header and a line feed
    /// stand before it.
    /// </summary>
    public required string Text { get; init; }

    /// <summary>Where it begins in the document's extracted text, in UTF-16 code units.</summary>
    public required int Start { get; init; }

    /// <summary>Where it ends in the document's extracted text; the code unit there is no part of it.</summary>
    public required int End { get; init; }

    /// <summary>Tokens of <see cref="IndexText"/>.</summary>
    public required int TokenCount { get; init; }

    /// <summary>What an index and a model should see: the heading path in one line, a blank line, and the text.</summary>
    public string IndexText => ChunkText.Compose(HeadingPath, Text);
}
