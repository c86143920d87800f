using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling;

/// <summary>A context on the CPU whose number of threads follows what the rest of the machine leaves to them.</summary>
/// <param name="inner">The context; disposed with this.</param>
/// <param name="governor">Decides.</param>
/// <param name="setThreads">Sets the number of threads of <paramref name="inner"/>.</param>
/// <param name="processorTime">Processor time that this process has used so far.</param>
/// <param name="time">The clock.</param>
internal sealed class GovernedContext(
    IDecoderContext inner,
    ThreadGovernor governor,
    Action<int> setThreads,
    Func<TimeSpan> processorTime,
    TimeProvider time) : IDecoderContext
{
    /// <summary>Whether it is known by now how many threads the machine leaves.</summary>
    public bool HasJudged => governor.HasJudged;

    public int VocabularySize => inner.VocabularySize;

    public int MaxSequences => inner.MaxSequences;

    public int ContextPerSequence => inner.ContextPerSequence;

    public int BatchCapacity => inner.BatchCapacity;

    public int OutputCapacity => inner.OutputCapacity;

    // The time of a step is what counts here, so all of it is spent in one place.
    public bool IsAsynchronous => false;

    public int GetLength(int sequence) => inner.GetLength(sequence);

    public DecodeStatus Decode(DecodeBatch batch)
    {
        var start = time.GetTimestamp();
        var cpu = processorTime();
        var status = inner.Decode(batch);
        if (status == DecodeStatus.Ok)
        {
            inner.Synchronize();
        }

        if (status == DecodeStatus.Ok && governor.Observe(time.GetElapsedTime(start), processorTime() - cpu, batch.Count))
        {
            setThreads(governor.Threads);
        }

        return status;
    }

    public void Synchronize()
    {
        // Done at the end of the step.
    }

    public ReadOnlySpan<float> GetLogits(int output) => inner.GetLogits(output);

    public int BestCount => inner.BestCount;

    public BestLogits GetBest(int output) => inner.GetBest(output);

    public void Truncate(int sequence, int length) => inner.Truncate(sequence, length);

    public void CopySequence(int source, int destination) => inner.CopySequence(source, destination);

    public bool IsCopyPending(int sequence) => inner.IsCopyPending(sequence);

    public long GetStateSize(int sequence) => inner.GetStateSize(sequence);

    public bool TrySave(int sequence, SequenceState state) => inner.TrySave(sequence, state);

    public bool TryRestore(int sequence, SequenceState state, int length) => inner.TryRestore(sequence, state, length);

    public void Dispose() => inner.Dispose();
}
