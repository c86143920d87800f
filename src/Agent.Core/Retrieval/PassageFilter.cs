namespace Agent.Core.Retrieval;

/// <summary>Which documents may be found. Everything that is set must hold. Immutable.</summary>
public sealed record PassageFilter
{
    /// <summary>Allows every document.</summary>
    public static PassageFilter None { get; } = new();

    /// <summary>Tags that the document must all have.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Metadata that the document must have, with exactly these values.</summary>
    /// <value>Empty by default.</value>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(0);

    /// <summary>Whether it allows every document.</summary>
    public bool IsNone => Tags.Count == 0 && Metadata.Count == 0;
}
