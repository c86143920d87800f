namespace Agent.Core.Retrieval.Search;

/// <summary>How a collection is searched. Immutable.</summary>
public sealed record PassageSearchOptions
{
    /// <summary>How passages are found where a query does not say.</summary>
    /// <value><see cref="SearchMode.Lexical"/>, which needs no model and measures best without one.</value>
    public SearchMode Mode { get; init; } = SearchMode.Lexical;

    /// <summary>How many hits of each way are fused.</summary>
    /// <value>100; 1 to 1,000. At least as many as are wanted are taken.</value>
    public int FusionDepth { get; init; } = 100;

    /// <summary>Damps the first ranks in reciprocal rank fusion: a hit of rank r (from 1) counts 1 / (this + r).</summary>
    /// <value>60, as in Cormack, Clarke and Büttcher (2009); 0 to 1,000.</value>
    public int FusionConstant { get; init; } = 60;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(FusionDepth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FusionDepth, 1000);
        ArgumentOutOfRangeException.ThrowIfLessThan(FusionConstant, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FusionConstant, 1000);
    }
}
