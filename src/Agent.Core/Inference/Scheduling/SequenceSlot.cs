namespace Agent.Core.Inference.Scheduling;

/// <summary>One sequence of the context, and the task that runs in it.</summary>
internal sealed class SequenceSlot(int id)
{
    /// <summary>The sequence id in the context.</summary>
    public int Id { get; } = id;

    /// <summary>The task that runs in it.</summary>
    public GenerationTask? Task { get; private set; }

    /// <summary>Whether a task can be put into it.</summary>
    public bool IsFree => Task is null;

    /// <summary>
    /// How many of its tokens come from requests that ended well. Only those outlive a task that is cancelled, fails or gives way;
    /// what else it computed, and what it copied of another that may yet be cancelled, goes with it.
    /// </summary>
    public int Settled { get; private set; }

    /// <summary>Puts a task into it.</summary>
    public void Take(GenerationTask task, int settled)
    {
        Task = task;
        Settled = settled;
    }

    /// <summary>Notes that its cells were cleared.</summary>
    public void Unsettle() => Settled = 0;

    /// <summary>Frees it.</summary>
    /// <param name="kept">How many tokens stay in its cells.</param>
    public void Release(int kept)
    {
        Task = null;
        Settled = kept;
    }
}
