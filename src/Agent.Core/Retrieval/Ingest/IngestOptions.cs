using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Search;

namespace Agent.Core.Retrieval.Ingest;

/// <summary>How files become passages. Immutable.</summary>
public sealed record IngestOptions
{
    /// <summary>How documents are cut.</summary>
    public ChunkOptions Chunks { get; init; } = new();

    /// <summary>How tokens are counted.</summary>
    /// <value><see cref="TokenCounters.Estimate"/>.</value>
    public TokenCounter TokenCounter { get; init; } = TokenCounters.Estimate;

    /// <summary>Names the counter: documents counted by another one are cut anew.</summary>
    /// <value><c>estimate</c>.</value>
    public string TokenCounterName { get; init; } = "estimate";

    /// <summary>Tags that every document gets.</summary>
    /// <value>Empty by default; each 1 to 200 characters.</value>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Metadata that every document gets, in place of what it says itself under the same name.</summary>
    /// <value>Empty by default; names and values of 1 to 200 characters.</value>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(0);

    /// <summary>Whether documents under the named folders whose files are gone are removed from the collection.</summary>
    /// <value>True by default.</value>
    public bool RemoveMissing { get; init; } = true;

    /// <summary>Gives passages vectors, after they were stored. A collection has vectors of one model: another one embeds everything anew.</summary>
    /// <value>Null by default: passages are found by their words only, and vectors that are there stay.</value>
    public PassageEmbedder? Embedder { get; init; }

    /// <summary>How many files are read at once.</summary>
    /// <value>The number of processors.</value>
    public int Workers { get; init; } = Environment.ProcessorCount;

    internal void Validate()
    {
        Chunks.Validate();
        ArgumentNullException.ThrowIfNull(TokenCounter);
        ArgumentException.ThrowIfNullOrEmpty(TokenCounterName);
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        foreach (var label in Tags.Concat(Metadata.Keys).Concat(Metadata.Values))
        {
            if (label is not { Length: >= 1 and <= DocumentLabels.MaxLength })
            {
                throw new ArgumentException($"A tag or metadata of {label?.Length ?? 0} characters was given; 1 to {DocumentLabels.MaxLength} are allowed.");
            }
        }
    }
}
