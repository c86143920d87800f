namespace Agent.Core.Retrieval.Documents;

/// <summary>A piece of a document that belongs together: where it stands in the extracted text and what it is. Immutable.</summary>
public sealed record DocumentBlock
{
    /// <summary>What it is.</summary>
    public required DocumentBlockKind Kind { get; init; }

    /// <summary>Where it begins in <see cref="SourceDocument.Text"/>, in UTF-16 code units.</summary>
    public required int Offset { get; init; }

    /// <summary>How long it is, in UTF-16 code units; never 0.</summary>
    public required int Length { get; init; }

    /// <summary>Depth of a heading or a list item.</summary>
    /// <value>1 (outermost) to 9 for headings, from 1 for list items; 0 for everything else.</value>
    public int Level { get; init; }

    /// <summary>Which table a row belongs to.</summary>
    /// <value>From 1 in each document; 0 for everything that is no row.</value>
    public int Table { get; init; }

    /// <summary>Whether this row names the columns of its table.</summary>
    public bool IsTableHeader { get; init; }

    /// <summary>Where the second and the later cells of a row begin, counted from <see cref="Offset"/>, ascending.</summary>
    public IReadOnlyList<int> CellStarts { get; init; } = [];

    /// <summary>Where it ends in the extracted text.</summary>
    public int End => Offset + Length;
}
