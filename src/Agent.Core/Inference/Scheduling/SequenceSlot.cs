namespace Agent.Core.Inference.Scheduling;

/// <summary>One sequence of the context: the task that runs in it, or the tokens that an earlier one left in its KV cache.</summary>
internal sealed class SequenceSlot(int id)
{
    private int[] _left = [];
    private int _leftCount;

    /// <summary>The sequence id in the context.</summary>
    public int Id { get; } = id;

    /// <summary>The task that runs in it.</summary>
    public GenerationTask? Task { get; private set; }

    /// <summary>Whether a task can be put into it.</summary>
    public bool IsFree => Task is null;

    /// <summary>Order of last use, for eviction.</summary>
    public long LastUsed { get; private set; }

    /// <summary>The tokens that stand, or may stand, in its KV cache; the context knows how many of them do.</summary>
    public ReadOnlySpan<int> Tokens => Task is { } task ? task.Tokens : _left.AsSpan(0, _leftCount);

    /// <summary>Puts a task into it.</summary>
    public void Take(GenerationTask task, long now)
    {
        Task = task;
        LastUsed = now;
        _leftCount = 0;
    }

    /// <summary>Frees it.</summary>
    /// <param name="keptTokens">How many tokens of the task stay in the KV cache for a later prompt that begins alike.</param>
    /// <param name="now">Order of use.</param>
    public void Release(int keptTokens, long now)
    {
        var tokens = Task!.Tokens[..keptTokens];
        if (_left.Length < tokens.Length)
        {
            _left = new int[Math.Max(tokens.Length, 256)];
        }

        tokens.CopyTo(_left);
        _leftCount = keptTokens;
        Task = null;
        LastUsed = now;
    }
}
