namespace Agent.Core.Retrieval.Injection;

/// <summary>The citations of an answer, in its order. Immutable.</summary>
/// <param name="Citations">Those that name a passage.</param>
/// <param name="Unknown">Those with a number that no passage has.</param>
public sealed record CitationReading(IReadOnlyList<Citation> Citations, IReadOnlyList<UnknownCitation> Unknown)
{
    /// <summary>No citations at all.</summary>
    public static CitationReading None { get; } = new([], []);
}
