using Agent.Core.Native;

namespace Agent.Core.Inference.Sampling;

/// <summary>The logits after one token: all of them, or the best.</summary>
internal readonly ref struct LogitRow
{
    private readonly ReadOnlySpan<float> _all;
    private readonly BestLogits _best;

    /// <summary>A whole row.</summary>
    public LogitRow(ReadOnlySpan<float> all) => _all = all;

    /// <summary>A row of which only the best blocks are there.</summary>
    public LogitRow(BestLogits best) => _best = best;

    /// <summary>Whether all of them are there.</summary>
    public bool IsWhole => _best.Count == 0;

    /// <summary>The best blocks of a row that is not whole.</summary>
    public BestLogits Best => _best;

    /// <summary>A logit for each token.</summary>
    /// <exception cref="InvalidOperationException">The row is not whole.</exception>
    public ReadOnlySpan<float> All => IsWhole ? _all : throw new InvalidOperationException("Only the best logits of this row were fetched; its sampler should have asked for all.");

    public static implicit operator LogitRow(ReadOnlySpan<float> all) => new(all);

    public static implicit operator LogitRow(Span<float> all) => new(all);

    public static implicit operator LogitRow(float[] all) => new(all);
}
