using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Scheduling.Offload;
using Agent.Core.Inference.Scheduling.Prefixes;
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
    private readonly AdmissionQueue _queue;
    private readonly DecodeBatch _batch;
    private readonly SamplingTeam _team;
    private readonly GenerationTask[] _changed;
    private readonly StepPlan _plan;
    private readonly SequenceSlot[] _rows;
    private readonly PrefixOffload? _offload;
    private int _changedCount;
    private int _prefillRows;
    private bool _admissionRests;

    public Scheduler(IDecoderContext context, SchedulerOptions options, Func<int, bool> isEndOfGeneration, PrefixOffload? offload = null)
    {
        _offload = offload;
        _context = context;
        _options = options;
        _isEndOfGeneration = isEndOfGeneration;
        _slots = new SlotTable(context, options.MaxPins, offload);
        _queue = new AdmissionQueue(options);
        _batch = new DecodeBatch(context.BatchCapacity);
        _team = new SamplingTeam(context, options.SamplingThreads, options.LeastParallelLogits);
        _changed = new GenerationTask[context.MaxSequences];
        _plan = new StepPlan(context, _slots, options);
        _rows = new SequenceSlot[context.MaxSequences];
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

    /// <summary>Tokens fed so far that were no one's next.</summary>
    public long PrefillTokens { get; private set; }

    /// <summary>Tokens fed so far, each to get the next one of a running answer.</summary>
    public long DecodeTokens { get; private set; }

    /// <summary>Tokens so far that admitted tasks found in the KV cache.</summary>
    public long ReusedTokens { get; private set; }

    /// <summary>Times so far that a task gave its sequence up.</summary>
    public long Preemptions { get; private set; }

    /// <summary>Adds a task to the queue.</summary>
    public void Enqueue(GenerationTask task) => _queue.Add(task, _slots.CountMissing(task));

    /// <summary>Drops what was cancelled, admits what fits, and runs one step.</summary>
    /// <returns>False if there is nothing to do until a task is added, cancelled or read from.</returns>
    public bool Step()
    {
        DropLeft();
        Admit();
        if (_slots.ActiveCount == 0)
        {
            Deliver();
            return false;
        }

        _plan.Make();
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
                MakeRoom();
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

        for (var i = 0; i < _queue.Count; i++)
        {
            _queue[i].Fail(error);
        }

        _queue.Clear();
    }

    /// <summary>Ends the threads that sample. The tasks stay as they are.</summary>
    public void Dispose() => _team.Dispose();

    /// <summary>Throws if the bookkeeping is inconsistent. For tests.</summary>
    public void CheckIntegrity()
    {
        _slots.CheckIntegrity();
        _queue.CheckIntegrity();
    }

    /// <summary>Ends the tasks whose readers have left or have all they want.</summary>
    private void DropLeft()
    {
        for (var i = _queue.Count - 1; i >= 0; i--)
        {
            var task = _queue[i];
            if (task.StopRequested || task.CancelRequested)
            {
                _queue.RemoveAt(i);
                EndEarly(task);
            }
        }

        foreach (var slot in _slots.Slots)
        {
            if (slot.Task is not { } task || !(task.StopRequested || task.CancelRequested))
            {
                continue;
            }

            if (task.StopRequested)
            {
                Free(slot);
            }
            else
            {
                Abandon(slot);
            }

            EndEarly(task);
        }
    }

    /// <summary>A reader that has all it wants leaves right after saying so; then its generation has ended well.</summary>
    private static void EndEarly(GenerationTask task)
    {
        if (task.StopRequested)
        {
            task.Finish(StopReason.Stopped);
            task.Deliver();
        }
        else
        {
            task.Fail(new OperationCanceledException());
        }
    }

    private void Admit()
    {
        if (_admissionRests && _slots.ActiveCount > 0)
        {
            return;
        }

        _admissionRests = false;
        var leastToTake = LeastPriorityToTake();
        for (var i = 0; i < _queue.Count;)
        {
            var task = _queue[i];
            var victim = !_slots.HasFree && task.Priority >= leastToTake ? FindVictim(task) : null;
            if ((victim is null && !_slots.HasFree) || task.CheckStillBehind() || _slots.ShouldWait(task))
            {
                // The next one may have a free sequence, or matter enough to get one.
                i++;
                continue;
            }

            _queue.RemoveAt(i);
            if (victim is not null)
            {
                Preempt(victim);
            }

            ReusedTokens += _context.GetLength(_slots.Admit(task).Id);
            leastToTake = LeastPriorityToTake();
        }
    }

    /// <summary>Below this priority no task can take a sequence from another; it saves looking for each that waits.</summary>
    private RequestPriority LeastPriorityToTake()
    {
        var least = RequestPriority.High + 1;
        if (_queue.Count == 0 || _slots.HasFree)
        {
            return least;
        }

        foreach (var slot in _slots.Slots)
        {
            if (slot.Task!.CheckPaused())
            {
                return RequestPriority.Low;
            }

            least = slot.Task.Priority < least ? slot.Task.Priority + 1 : least;
        }

        return least;
    }

    /// <summary>
    /// The task that gives its sequence up for another: the youngest of the lowest rank. A reader that is far behind keeps nobody waiting. Of the
    /// others only those give way that matter less, and that have not waited for longer than their rank costs, so that two never take turns.
    /// </summary>
    private SequenceSlot? FindVictim(GenerationTask candidate)
    {
        SequenceSlot? lowest = null, paused = null;
        foreach (var slot in _slots.Slots)
        {
            var task = slot.Task!;
            if (task.CheckPaused())
            {
                paused = Lower(paused, slot);
            }
            else if (task.Priority < candidate.Priority && task.Due > candidate.Due && task.Preemptions < _options.MaxPreemptions)
            {
                lowest = Lower(lowest, slot);
            }
        }

        return paused ?? lowest;
    }

    private static SequenceSlot Lower(SequenceSlot? first, SequenceSlot second) =>
        first is null || (second.Task!.Rank, second.Task.Order).CompareTo((first.Task!.Rank, first.Task.Order)) > 0 ? second : first;

    /// <summary>Puts a task back into the queue. Its tokens are all there is of it, so it goes on later as if nothing had been.</summary>
    private void Preempt(SequenceSlot slot)
    {
        var task = slot.Task!;
        _slots.Abandon(slot);
        task.Preemptions++;
        Preemptions++;
        _queue.Add(task, _slots.CountMissing(task));
    }

    private void Compose()
    {
        _batch.Clear();
        _prefillRows = 0;

        // Ascending ids: llama.cpp splits a step into micro-batches wherever the order of sequences has a hole.
        foreach (var slot in _slots.Slots)
        {
            if (_plan.IsFiller(slot.Id))
            {
                _batch.Add(token: 0, _context.GetLength(slot.Id), slot.Id, output: false);
            }

            var feed = _plan.TokensOf(slot.Id);
            if (feed == 0)
            {
                continue;
            }

            var task = slot.Task!;
            _prefillRows += _slots.Waiting(slot) > 1 ? feed : 0;
            var from = _context.GetLength(slot.Id);
            for (var i = from; i < from + feed; i++)
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
        _offload?.BeginStep();
        var status = _context.Decode(_batch);
        Deliver();
        if (status == DecodeStatus.Ok)
        {
            _context.Synchronize();
        }

        _offload?.EndStep(status == DecodeStatus.Ok ? _batch.Count : 0);
        TakeBackFillers();
        return status;
    }

    private void TakeBackFillers()
    {
        for (var id = 0; _plan.FillerCount > 0 && id < _context.MaxSequences; id++)
        {
            if (_plan.IsFiller(id) && !_slots.TryRestore(_slots.Slots[id]))
            {
                // A memory that cannot drop its last token has dropped all: better holes than that.
                _plan.LeaveHoles();
            }
        }
    }

    private void SampleRows()
    {
        PrefillTokens += _prefillRows;
        DecodeTokens += _batch.Count - _prefillRows - _plan.FillerCount;
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
            Abandon(slot);
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
        Free(slot);
        task.Finish(reason);
    }

    private void Free(SequenceSlot slot)
    {
        _slots.Release(slot);
        _admissionRests = false;
    }

    private void Abandon(SequenceSlot slot)
    {
        _slots.Abandon(slot);
        _admissionRests = false;
    }

    /// <summary>
    /// Gives up, one at each step that finds no room: prefixes that nobody uses, then the youngest task of the lowest rank, until another
    /// one ends, then what is pinned. A task that finds no room when it is alone is too large.
    /// </summary>
    private void MakeRoom()
    {
        if (_slots.TryEvict(PrefixLoss.Prefix))
        {
            return;
        }

        SequenceSlot? lowest = null;
        foreach (var slot in _slots.Slots)
        {
            lowest = slot.IsFree ? lowest : Lower(lowest, slot);
        }

        if (_slots.ActiveCount > 1)
        {
            Preempt(lowest!);
            _admissionRests = true;
        }
        else if (!_slots.TryEvict(PrefixLoss.Pinned))
        {
            var task = lowest!.Task!;
            Abandon(lowest);
            task.Fail(new EngineException("The KV cache has no room for this request."));
        }
    }

    private void Recompute()
    {
        foreach (var slot in _slots.Slots)
        {
            if (_plan.TokensOf(slot.Id) == 0)
            {
                continue;
            }

            // The step may have stored a part of its tokens, so the sequence is not to be trusted.
            _slots.Reset(slot);
            if (slot.Task is { } task && ++task.Failures > 1)
            {
                Abandon(slot);
                task.Fail(new EngineException("llama.cpp failed to compute this request, twice."));
            }
        }
    }
}
