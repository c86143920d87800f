namespace Agent.Core.Inference;

/// <summary>The engine has as many requests waiting as it may. Nothing of this one was done; it may be sent again later.</summary>
/// <param name="limit">Most requests that may wait.</param>
public sealed class QueueFullException(int limit)
    : Exception($"{limit} requests are waiting, the most Agent:Engine:QueueLimit allows. Try again later.")
{
    /// <summary>Most requests that may wait.</summary>
    public int Limit { get; } = limit;
}
