namespace Agent.Core.Inference.Embedding;

/// <summary>Size and limits of a worker, as the options give them.</summary>
internal sealed record PoolingShape(int? ContextTokens, int BatchTokens, int MaxSequences, int? Threads, int QueueLimit)
{
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range; the message names it and the range.</exception>
    public void Validate()
    {
        Check(ContextTokens ?? 8, 8, 32_768, nameof(ContextTokens));
        Check(BatchTokens, 32, 32_768, nameof(BatchTokens));
        Check(MaxSequences, 1, 256, nameof(MaxSequences));
        Check(Threads ?? 1, 1, 512, nameof(Threads));
        Check(QueueLimit, 1, 100_000, nameof(QueueLimit));
    }

    private static void Check(int value, int from, int to, string name)
    {
        if (value < from || value > to)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {from:N0} to {to:N0}.");
        }
    }
}
