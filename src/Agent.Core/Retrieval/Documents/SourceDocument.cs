namespace Agent.Core.Retrieval.Documents;

/// <summary>What a reader made of a file. Immutable and thread-safe. Every text in it is untrusted.</summary>
public sealed class SourceDocument
{
    internal SourceDocument(string title, IReadOnlyDictionary<string, string> metadata, string text, IReadOnlyList<DocumentBlock> blocks, IReadOnlyList<string> warnings)
    {
        Title = title;
        Metadata = metadata;
        Text = text;
        Blocks = blocks;
        Warnings = warnings;
    }

    /// <summary>What the document calls itself, or else the name of its file without extension.</summary>
    public string Title { get; }

    /// <summary>What the document says of itself: front matter, meta elements, document properties. Keys as written.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The extracted text. Lines end in a line feed; blocks stand apart by one or two of them.</summary>
    public string Text { get; }

    /// <summary>The blocks in order. They do not overlap, and only white space lies between them.</summary>
    public IReadOnlyList<DocumentBlock> Blocks { get; }

    /// <summary>What was wrong in the file and read nevertheless, as sentences for the user.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The text of one of this document's blocks.</summary>
    public ReadOnlySpan<char> TextOf(DocumentBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return Text.AsSpan(block.Offset, block.Length);
    }
}
