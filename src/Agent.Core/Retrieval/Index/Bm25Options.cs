namespace Agent.Core.Retrieval.Index;

/// <summary>The parameters of BM25. Immutable.</summary>
public sealed record Bm25Options
{
    private readonly double _saturation = 1.2;
    private readonly double _lengthNormalization = 0.75;

    /// <summary>k1: how much further occurrences of a term still count.</summary>
    /// <value>0 to 10; default 1.2.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Saturation
    {
        get => _saturation;
        init => _saturation = value is >= 0 and <= 10
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Saturation), value, "k1 must be 0 to 10; 1.2 is usual.");
    }

    /// <summary>b: how much a document's length counts against it.</summary>
    /// <value>0 (not at all) to 1; default 0.75.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double LengthNormalization
    {
        get => _lengthNormalization;
        init => _lengthNormalization = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LengthNormalization), value, "b must be 0 to 1; 0.75 is usual.");
    }
}
