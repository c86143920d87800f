using Agent.Core.Retrieval.Storage;

namespace Agent.Host.Configuration;

/// <summary>Where passages are kept, and how documents become passages.</summary>
internal sealed record RetrievalSettings
{
    /// <summary>The folder of the collections; a relative one lies in the current folder.</summary>
    public string Folder { get; init; } = ".agent/collections";

    /// <summary>The collection that is meant where none is named.</summary>
    public CollectionName Collection { get; init; } = CollectionName.Default;

    /// <summary>The most tokens of a passage.</summary>
    public int ChunkTokens { get; init; } = 320;

    /// <summary>What counts the tokens of a passage.</summary>
    public TokenCounting CountTokens { get; init; } = TokenCounting.Model;
}
