namespace Agent.Core.Retrieval;

/// <summary>A piece of a document as a collection holds it. Immutable. Every text in it is untrusted.</summary>
public sealed record Passage
{
    /// <summary>Names the content: the same headings and text have the same id in every document and after every ingest.</summary>
    /// <value>32 hexadecimal digits in lower case.</value>
    public required string Id { get; init; }

    /// <summary>Where the document comes from: the full path of a file, or whatever name it was stored under.</summary>
    public required string Source { get; init; }

    /// <summary>What the document calls itself.</summary>
    public required string Title { get; init; }

    /// <summary>The headings that the text stands under, outermost first.</summary>
    public required IReadOnlyList<string> HeadingPath { get; init; }

    /// <summary>The text; where it continues a table, the table's header stands before it.</summary>
    public required string Text { get; init; }

    /// <summary>Position among the passages of its document.</summary>
    /// <value>From 0.</value>
    public required int Ordinal { get; init; }

    /// <summary>Where it begins in the document's extracted text, in UTF-16 code units.</summary>
    public required int Start { get; init; }

    /// <summary>Where it ends in the document's extracted text; the code unit there is no part of it.</summary>
    public required int End { get; init; }

    /// <summary>Tokens of headings and text, as counted when it was cut.</summary>
    public required int TokenCount { get; init; }

    /// <summary>The tags of its document, in order.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>What the document says of itself and what was added when it was ingested.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Where it stands, for people: the title and the headings, without a heading that repeats what stands before it.</summary>
    public IReadOnlyList<string> Path
    {
        get
        {
            var path = new List<string>(HeadingPath.Count + 1);
            foreach (var part in (IEnumerable<string>)[Title, .. HeadingPath])
            {
                if (part.Length > 0 && (path.Count == 0 || !path[^1].Equals(part, StringComparison.OrdinalIgnoreCase)))
                {
                    path.Add(part);
                }
            }

            return path;
        }
    }
}
