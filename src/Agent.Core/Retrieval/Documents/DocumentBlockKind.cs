namespace Agent.Core.Retrieval.Documents;

/// <summary>What a block of a document is.</summary>
public enum DocumentBlockKind
{
    /// <summary>Running text.</summary>
    Paragraph,

    /// <summary>A heading; its level says how deep.</summary>
    Heading,

    /// <summary>One item of a list, its marker included.</summary>
    ListItem,

    /// <summary>One row of a table, or one record of a data file.</summary>
    TableRow,

    /// <summary>Code or other text whose lines and blanks matter.</summary>
    Code,
}
