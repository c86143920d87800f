using System.Collections.Concurrent;
using Agent.Core.Native;

namespace Agent.Core.Tests.Inference.Embedding;

/// <summary>Gives each sequence a row that holds its first token and its length; breaks where it is told to.</summary>
internal sealed class FakePoolingContext : IPoolingContext
{
    private readonly List<float[]> _rows = [];

    public int OutputLength => 2;

    public int MaxSequences { get; init; } = 4;

    public int BatchCapacity { get; init; } = 8;

    /// <summary>A step with this token fails.</summary>
    public int? FailingToken { get; init; }

    /// <summary>A step with this token breaks the rules.</summary>
    public int? BreakingToken { get; init; }

    /// <summary>Called within each step, with the first tokens of its sequences.</summary>
    public Action<int[]> OnStep { get; init; } = _ => { };

    /// <summary>The first tokens of the sequences of each step.</summary>
    public ConcurrentQueue<int[]> Steps { get; } = new();

    public bool IsDisposed { get; private set; }

    public void SetThreads(int threads)
    {
    }

    public DecodeStatus Compute(DecodeBatch batch)
    {
        Assert.False(IsDisposed);
        Assert.Equal(batch.Count, batch.OutputCount);
        Assert.InRange(batch.Count, 1, BatchCapacity);
        _rows.Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch.Positions[i] == 0)
            {
                Assert.Equal(_rows.Count, batch.Sequences[i]);
                _rows.Add([batch.Tokens[i], 0]);
            }

            _rows[^1][1]++;
        }

        Assert.InRange(_rows.Count, 1, MaxSequences);
        int[] first = [.. _rows.Select(row => (int)row[0])];
        Steps.Enqueue(first);
        OnStep(first);
        return first.Contains(BreakingToken ?? -1) ? throw new InvalidOperationException("broken")
            : first.Contains(FailingToken ?? -1) ? DecodeStatus.Failed
            : DecodeStatus.Ok;
    }

    public ReadOnlySpan<float> GetRow(int sequence) => _rows[sequence];

    public void Dispose() => IsDisposed = true;
}
