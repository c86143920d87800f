namespace Agent.Core.Inference.Embedding;

/// <summary>The sequences of one call. The worker thread alone changes it, but for its failure when the worker has ended.</summary>
internal sealed class PoolingJob(IReadOnlyList<int[]> sequences, CancellationToken cancellationToken)
{
    private readonly PooledRow[] _rows = new PooledRow[sequences.Count];
    private readonly TaskCompletionSource<PooledRow[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;
    private int _done;

    public Task<PooledRow[]> Completion => _completion.Task;

    /// <summary>Sequences that no step has taken yet.</summary>
    public int Waiting => sequences.Count - _taken;

    public bool IsDone => _done == sequences.Count;

    /// <summary>Tokens of the next sequence.</summary>
    public int NextLength => sequences[_taken].Length;

    public int[] this[int index] => sequences[index];

    /// <summary>Takes the next sequence.</summary>
    /// <returns>Its index.</returns>
    public int Take() => _taken++;

    public void Set(int index, PooledRow row)
    {
        _rows[index] = row;
        if (++_done == sequences.Count)
        {
            _completion.TrySetResult(_rows);
        }
    }

    public void Fail(Exception exception) => _completion.TrySetException(exception);

    /// <summary>Ends the job if its caller has left.</summary>
    public bool EndIfCancelled() => cancellationToken.IsCancellationRequested && (_completion.TrySetCanceled(cancellationToken) || true);
}
