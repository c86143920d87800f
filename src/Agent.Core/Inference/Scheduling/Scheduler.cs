using Agent.Core.Inference.Sampling;
using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling;

/// <summary>
/// Composes the steps of a context: all sequences that decode, then chunks of the prompts that wait, in one batch; requests
/// join and leave between steps.
/// </summary>
/// <remarks>
/// Engine thread only. A task is nothing but its tokens: those that its sequence does not hold yet are fed, and when the
/// last one is, the logits after it give the next token. Prefill, decoding and computing anew after a failure are the same.
/// </remarks>
internal sealed class Scheduler : IDisposable
{
    private readonly IDecoderContext _context;
    private readonly SchedulerOptions _options;
    private readonly Func<int, bool> _isEndOfGeneration;
    private readonly SlotTable _slots;
    private readonly LinkedList<GenerationTask> _queue = new();
    private readonly DecodeBatch _batch;
    private readonly SamplingTeam _team;
    private readonly GenerationTask[] _changed;
    private readonly int[] _feed;
    private readonly int[] _order;
    private readonly SequenceSlot[] _rows;
    private readonly Comparison<int> _shortestFirst;
    private int _changedCount;

    public Scheduler(IDecoderContext context, SchedulerOptions options, Func<int, bool> isEndOfGeneration)
    {
        _context = context;
        _options = options;
        _isEndOfGeneration = isEndOfGeneration;
        _slots = new SlotTable(context);
        _batch = new DecodeBatch(context.BatchCapacity);
        _team = new SamplingTeam(context, options.SamplingThreads, options.LeastParallelLogits);
        _changed = new GenerationTask[context.MaxSequences];
        _feed = new int[context.MaxSequences];
        _order = new int[context.MaxSequences];
        _rows = new SequenceSlot[context.MaxSequences];
        _shortestFirst = (a, b) => (Waiting(a), a).CompareTo((Waiting(b), b));
    }

    /// <summary>Tasks that run.</summary>
    public int ActiveCount => _slots.ActiveCount;

    /// <summary>Tasks that wait for a sequence.</summary>
    public int QueuedCount => _queue.Count;

    /// <summary>Tokens in the KV cache, of running and of past tasks.</summary>
    public int CachedTokens
    {
        get
        {
            var sum = 0;
            for (var i = 0; i < _context.MaxSequences; i++)
            {
                sum += _context.GetLength(i);
            }

            return sum;
        }
    }

    /// <summary>Adds a task to the queue.</summary>
    public void Enqueue(GenerationTask task) => _queue.AddLast(task);

    /// <summary>Drops what was cancelled, admits what fits, and runs one step.</summary>
    /// <returns>False if there is nothing to do until a task is added, cancelled or read from.</returns>
    public bool Step()
    {
        DropCancelled();
        Admit();
        if (_slots.ActiveCount == 0)
        {
            Deliver();
            return false;
        }

        PlanStep();
        Compose();
        if (_batch.Count == 0)
        {
            Deliver();
            return false;
        }

        switch (Decode())
        {
            case DecodeStatus.Ok:
                SampleRows();
                break;
            case DecodeStatus.NoKvRoom:
                FailYoungest();
                break;
            default:
                Recompute();
                break;
        }

        return true;
    }

    /// <summary>Ends every task with an error.</summary>
    public void FailAll(Exception error)
    {
        Deliver();
        foreach (var slot in _slots.Slots)
        {
            slot.Task?.Fail(error);
        }

        foreach (var task in _queue)
        {
            task.Fail(error);
        }

        _queue.Clear();
    }

    /// <summary>Ends the threads that sample. The tasks stay as they are.</summary>
    public void Dispose() => _team.Dispose();

    /// <summary>Throws if the bookkeeping is inconsistent. For tests.</summary>
    public void CheckIntegrity() => _slots.CheckIntegrity();

    private void DropCancelled()
    {
        for (var node = _queue.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.CancelRequested)
            {
                _queue.Remove(node);
                node.Value.Fail(new OperationCanceledException());
            }

            node = next;
        }

        foreach (var slot in _slots.Slots)
        {
            if (slot.Task is { CancelRequested: true } task)
            {
                // What had been in the cache before this task came stays; what it added goes with it.
                _slots.Release(slot, task.CachedTokens);
                task.Fail(new OperationCanceledException());
            }
        }
    }

    private void Admit()
    {
        for (var node = _queue.First; node is not null && _slots.ActiveCount < _context.MaxSequences;)
        {
            var next = node.Next;
            if (_slots.TryAdmit(node.Value) is not null)
            {
                _queue.Remove(node);
            }

            node = next;
        }
    }

    /// <summary>Decides how many tokens each slot feeds in this step.</summary>
    private void PlanStep()
    {
        Array.Clear(_feed);
        if (SuspectSlot() is { } suspect)
        {
            _feed[suspect.Id] = Math.Min(Waiting(suspect), _batch.Capacity);
            return;
        }

        var decoding = 0;
        var prefilling = 0;
        foreach (var slot in _slots.Slots)
        {
            if (slot.Task is not { } task)
            {
                continue;
            }

            if (Waiting(slot) > 1)
            {
                _order[prefilling++] = slot.Id;
            }
            else if (!task.CheckPaused())
            {
                _feed[slot.Id] = 1;
                decoding++;
            }
        }

        var budget = _batch.Capacity - decoding;
        if (decoding > 0)
        {
            budget = Math.Min(budget, _options.PrefillTokensWhileDecoding);
        }

        // Shortest first: a short question does not wait behind a long document.
        var order = _order.AsSpan(0, prefilling);
        order.Sort(_shortestFirst);
        foreach (var id in order)
        {
            _feed[id] = Math.Min(budget, Waiting(id));
            budget -= _feed[id];
        }
    }

    /// <summary>After a failed step its tasks run one at a time, so that only the one that fails again is lost.</summary>
    private SequenceSlot? SuspectSlot()
    {
        foreach (var slot in _slots.Slots)
        {
            if (slot.Task is { Failures: > 0 })
            {
                return slot;
            }
        }

        return null;
    }

    private void Compose()
    {
        _batch.Clear();

        // Ascending ids: llama.cpp splits a step into micro-batches wherever the order of sequences has a hole.
        foreach (var slot in _slots.Slots)
        {
            if (_feed[slot.Id] == 0)
            {
                continue;
            }

            var task = slot.Task!;
            var from = _context.GetLength(slot.Id);
            for (var i = from; i < from + _feed[slot.Id]; i++)
            {
                var row = _batch.Add(task.Tokens[i], i, slot.Id, output: i == task.Count - 1);
                if (row >= 0)
                {
                    _rows[row] = slot;
                }
            }
        }
    }

    /// <summary>
    /// Runs the step. Where a device computes it, the readers get the tokens of the step before meanwhile; they would otherwise
    /// keep the device waiting.
    /// </summary>
    private DecodeStatus Decode()
    {
        var status = _context.Decode(_batch);
        Deliver();
        if (status == DecodeStatus.Ok)
        {
            _context.Synchronize();
        }

        return status;
    }

    private void SampleRows()
    {
        _team.Clear();
        for (var row = 0; row < _batch.OutputCount; row++)
        {
            _team.Add(_rows[row].Task!);
        }

        _team.Run();
        for (var row = 0; row < _batch.OutputCount; row++)
        {
            TakeToken(_rows[row], _team.GetToken(row, out var error), error);
        }

        if (!_context.IsAsynchronous)
        {
            Deliver();
        }
    }

    private void TakeToken(SequenceSlot slot, int token, Exception? error)
    {
        var task = slot.Task!;
        task.Failures = 0;
        if (error is not null)
        {
            _slots.Release(slot);
            task.Fail(new EngineException("A sampler, constraint or processor of this request failed.", error));
            return;
        }

        _changed[_changedCount++] = task;
        if (!task.IgnoreEndOfGeneration && _isEndOfGeneration(token))
        {
            Finish(slot, StopReason.EndOfGeneration);
            return;
        }

        task.Append(token);
        if (task.Count >= task.MaxLength)
        {
            Finish(slot, task.MaxLength >= _context.ContextPerSequence ? StopReason.ContextFull : StopReason.MaxTokens);
        }
    }

    private void Deliver()
    {
        for (var i = 0; i < _changedCount; i++)
        {
            _changed[i].Deliver();
        }

        _changedCount = 0;
    }

    private void Finish(SequenceSlot slot, StopReason reason)
    {
        var task = slot.Task!;
        _slots.Release(slot);
        task.Finish(reason);
    }

    private void FailYoungest()
    {
        SequenceSlot? youngest = null;
        foreach (var slot in _slots.Slots)
        {
            if (_feed[slot.Id] > 0 && (youngest is null || slot.LastUsed > youngest.LastUsed))
            {
                youngest = slot;
            }
        }

        var task = youngest!.Task!;
        _slots.Release(youngest, 0);
        task.Fail(new EngineException("The KV cache has no room for this request."));
    }

    private void Recompute()
    {
        foreach (var slot in _slots.Slots)
        {
            if (_feed[slot.Id] == 0)
            {
                continue;
            }

            // The step may have stored a part of its tokens, so the sequence is not to be trusted.
            _context.Truncate(slot.Id, 0);
            if (slot.Task is { } task && ++task.Failures > 1)
            {
                _slots.Release(slot, 0);
                task.Fail(new EngineException("llama.cpp failed to compute this request, twice."));
            }
        }
    }

    private int Waiting(SequenceSlot slot) => slot.Task!.Count - _context.GetLength(slot.Id);

    private int Waiting(int id) => Waiting(_slots.Slots[id]);
}
