using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling.Offload;

/// <summary>
/// Moves what idle sequences hold to host memory before it is overwritten, and back when a prompt goes on from it, where that is cheaper than
/// computing it anew.
/// </summary>
/// <remarks>
/// Engine thread only. Only tokens of requests that ended well are given to it, and what one salt left is found by that salt
/// alone. Nothing here can fail a request: what cannot be saved is lost as it was without it, what cannot be restored is computed.
/// </remarks>
internal sealed class PrefixOffload : IDisposable
{
    private readonly IDecoderContext _context;
    private readonly OffloadOptions _options;
    private readonly TimeProvider _time;
    private readonly HostPrefixStore _store;
    private long _stepStart;

    public PrefixOffload(IDecoderContext context, OffloadOptions options, TimeProvider time)
    {
        _context = context;
        _options = options;
        _time = time;
        _store = new HostPrefixStore(options.BudgetBytes, options.MaxEntries);
        Costs = new OffloadCosts(options);
    }

    /// <summary>What moves and steps have cost.</summary>
    public OffloadCosts Costs { get; }

    /// <summary>
    /// Whether cells were moved or copied for a request that was admitted since the last step. The next one that needs a move waits for a step
    /// then: so answers pause for one move at a time, and cells that a copy has yet to be made of are not overwritten.
    /// </summary>
    public bool HasMoved { get; private set; }

    /// <summary>States in host memory.</summary>
    public int Count => _store.Count;

    /// <summary>Bytes that they take.</summary>
    public long Bytes => _store.Bytes;

    /// <summary>Sequences saved so far.</summary>
    public long Saves { get; private set; }

    /// <summary>Sequences restored so far.</summary>
    public long Restores { get; private set; }

    /// <summary>Tokens so far that admitted requests got from restored sequences.</summary>
    public long RestoredTokens { get; private set; }

    /// <summary>Saves and restores so far that did not succeed.</summary>
    public long Failures { get; private set; }

    /// <summary>Notes that cells were moved or copied for a request.</summary>
    public void NoteMove() => HasMoved = true;

    /// <summary>Starts the clock of a step.</summary>
    public void BeginStep() => _stepStart = _time.GetTimestamp();

    /// <summary>Notes that a step is over.</summary>
    /// <param name="tokens">What it computed; 0 if it failed.</param>
    public void EndStep(int tokens)
    {
        HasMoved = false;
        Costs.AddStep(tokens, _time.GetElapsedTime(_stepStart));
    }

    /// <summary>Finds the first tokens of a prompt, if to restore them is cheaper than to compute them.</summary>
    /// <param name="salt">Whose prompt it is.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="held">How many of its tokens can be had without a restore.</param>
    public HostPrefix Find(string salt, ReadOnlySpan<int> prompt, int held)
    {
        var found = _store.Find(salt, prompt);
        var gain = found.Tokens - held;
        return gain >= _options.LeastTokens && Costs.IsRestoreWorth(_store.StateOf(found.Entry).Length, gain) ? found : HostPrefix.None;
    }

    /// <summary>Whether a sequence that is about to be overwritten should be saved first.</summary>
    /// <param name="sequence">Its id.</param>
    /// <param name="salt">Whose tokens it holds.</param>
    /// <param name="tokens">All its tokens.</param>
    /// <param name="elsewhere">How many of the first of them stay in some sequence.</param>
    /// <param name="othersWait">Whether answers are being written.</param>
    public bool IsSaveWorth(int sequence, string salt, ReadOnlySpan<int> tokens, int elsewhere, bool othersWait)
    {
        if (tokens.Length - elsewhere < _options.LeastTokens || _context.IsCopyPending(sequence))
        {
            return false;
        }

        var known = _store.Find(salt, tokens);
        var lost = tokens.Length - Math.Max(elsewhere, known.Tokens);
        return lost >= _options.LeastTokens
            && _context.GetStateSize(sequence) is var bytes and > 0
            && bytes <= _options.BudgetBytes
            && Costs.IsSaveWorth(bytes, lost, othersWait);
    }

    /// <summary>Saves a sequence.</summary>
    /// <param name="sequence">Its id.</param>
    /// <param name="salt">Whose tokens it holds.</param>
    /// <param name="tokens">All its tokens.</param>
    /// <param name="keep">What is about to be restored, and may not make room.</param>
    public void Save(int sequence, string salt, ReadOnlySpan<int> tokens, HostPrefix keep)
    {
        var bytes = _context.GetStateSize(sequence);
        if (!_store.TryMakeRoom(salt, tokens, bytes, keep.Entry))
        {
            return;
        }

        var state = TryAllocate(bytes);
        var start = _time.GetTimestamp();
        if (state is null || !_context.TrySave(sequence, state))
        {
            state?.Dispose();
            Failures++;
            return;
        }

        Costs.AddSave(bytes, _time.GetElapsedTime(start));
        _store.Add(salt, tokens, state);
        Saves++;
    }

    /// <summary>Restores what was found.</summary>
    /// <param name="prefix">What <see cref="Find"/> gave.</param>
    /// <param name="sequence">The sequence; what it holds is overwritten.</param>
    /// <returns>How many first tokens of the prompt it holds now; 0 if it could not be restored.</returns>
    public int Restore(HostPrefix prefix, int sequence)
    {
        var state = _store.StateOf(prefix.Entry);
        var start = _time.GetTimestamp();
        if (!_context.TryRestore(sequence, state, _store.LengthOf(prefix.Entry)))
        {
            // It would not succeed the next time either.
            _store.Remove(prefix.Entry);
            Failures++;
            return 0;
        }

        Costs.AddRestore(state.Length, _time.GetElapsedTime(start));
        _store.Touch(prefix.Entry);
        _context.Truncate(sequence, prefix.Tokens);
        var held = _context.GetLength(sequence);
        Restores++;
        RestoredTokens += held;
        return held;
    }

    /// <summary>Frees all states.</summary>
    public void Dispose() => _store.Dispose();

    /// <summary>Throws if the bookkeeping is inconsistent. For tests.</summary>
    public void CheckIntegrity() => _store.CheckIntegrity();

    private static SequenceState? TryAllocate(long bytes)
    {
        try
        {
            return new SequenceState(bytes);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }
}
