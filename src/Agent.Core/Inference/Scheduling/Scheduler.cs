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
    private readonly SequenceSlot[] _sampled;
    private readonly StepClock _clock;
    private readonly PrefixOffload? _offload;
    private int _changedCount;
    private int _prefillRows;
    private int _taskCount;
    private bool _admissionRests;

    public Scheduler(IDecoderContext context, SchedulerOptions options, Func<int, bool> isEndOfGeneration, TimeProvider? time = null, PrefixOffload? offload = null)
    {
        options = options with { MaxRows = context.OutputCapacity };
        _clock = new StepClock(time ?? TimeProvider.System);
        _offload = offload;
        _context = context;
        _options = options;
        _isEndOfGeneration = isEndOfGeneration;
        _slots = new SlotTable(context, options.MaxPins, offload);
        _queue = new AdmissionQueue(options);
        _batch = new DecodeBatch(context.BatchCapacity);
        _team = new SamplingTeam(context, options.SamplingThreads, options.LeastParallelLogits);
        _changed = new GenerationTask[context.MaxSequences];
        _plan = new StepPlan(context, _slots, options, isEndOfGeneration);
        _sampled = new SequenceSlot[context.MaxSequences];
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

    /// <summary>Tokens so far that were tried ahead.</summary>
    public long DraftTokens { get; private set; }

    /// <summary>How many of them came true.</summary>
    public long AcceptedDraftTokens { get; private set; }

    /// <summary>Where the time of the steps went.</summary>
    public StepTimes Times => _clock.Times;

    /// <summary>Adds a task to the queue.</summary>
    public void Enqueue(GenerationTask task) => _queue.Add(task, _slots.CountMissing(task));

    /// <summary>Drops what was cancelled, admits what fits, and runs one step.</summary>
    /// <returns>False if there is nothing to do until a task is added, cancelled or read from.</returns>
    public bool Step()
    {
        _clock.Begin();
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

        var status = Decode();
        switch (status)
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

        var elapsed = _clock.End();
        if (status == DecodeStatus.Ok)
        {
            _plan.Observe(_prefillRows, elapsed);
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
            _slots.IsCrowded = _queue.Count > 1;
            var victim = !_slots.HasFree && task.Priority >= leastToTake ? FindVictim(task) : null;
            if ((victim is null && !_slots.HasFree) || task.CheckStillBehind() || _slots.ShouldWait(task, victim))
            {
                // The next one may have a free sequence, or matter enough to get one.
                i++;
                continue;
            }

            _queue.RemoveAt(i);
            if (victim is not null)
            {
                Preempt(victim, task);
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
    /// <param name="slot">Its sequence.</param>
    /// <param name="next">The task that takes the sequence at once, and with it what both begin with; null for none.</param>
    private void Preempt(SequenceSlot slot, GenerationTask? next = null)
    {
        var task = slot.Task!;
        if (next is null)
        {
            _slots.Abandon(slot);
        }
        else
        {
            _slots.GiveWay(slot, next);
        }

        task.Preemptions++;
        Preemptions++;
        _queue.Add(task, _slots.CountMissing(task));
    }

    private void Compose()
    {
        _batch.Clear();
        _prefillRows = 0;
        _taskCount = 0;

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
                if (_batch.Add(task.Tokens[i], i, slot.Id, output: i == task.Count - 1) >= 0)
                {
                    _sampled[_taskCount++] = slot;
                    AddDraft(slot);
                }
            }
        }
    }

    /// <summary>What a sequence tries stands behind its last token, each with logits of its own.</summary>
    private void AddDraft(SequenceSlot slot)
    {
        if (_plan.DraftCount == 0)
        {
            slot.Task!.Draft?.Try(0);
            return;
        }

        var task = slot.Task!;
        task.StageDraft();
        var drafted = task.Draft!.Tokens;
        for (var i = 0; i < drafted.Length; i++)
        {
            _batch.Add(drafted[i], task.Count + i, slot.Id, output: true);
        }
    }

    /// <summary>
    /// Runs the step. Where a device computes it, the readers get the tokens of the step before meanwhile; they would otherwise
    /// keep the device waiting.
    /// </summary>
    private DecodeStatus Decode()
    {
        _clock.Skip();
        _offload?.BeginStep();
        var status = _context.Decode(_batch);
        _clock.EndDecoding();
        if (status == DecodeStatus.Ok && _context.IsAsynchronous)
        {
            _team.Prepare(_taskCount, _batch.OutputCount, _plan.Expected - _clock.SinceBegin);
        }

        Deliver();
        _clock.EndDelivering();
        if (status == DecodeStatus.Ok)
        {
            _context.Synchronize();
            _clock.EndWaiting();
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
        var drafted = _plan.DraftCount * _taskCount;
        DraftTokens += drafted;
        DecodeTokens += _batch.Count - _prefillRows - _plan.FillerCount - drafted;
        _team.Clear();
        foreach (var slot in _sampled.AsSpan(0, _taskCount))
        {
            _team.Add(slot.Task!);
        }

        _clock.Skip();
        _team.Run();
        _clock.EndSampling();
        for (var i = 0; i < _taskCount; i++)
        {
            TakeTokens(_sampled[i], _team.GetTokens(i, out var error), error);
        }

        if (!_context.IsAsynchronous)
        {
            _clock.Skip();
            Deliver();
            _clock.EndDelivering();
        }
    }

    private void TakeTokens(SequenceSlot slot, ReadOnlySpan<int> tokens, Exception? error)
    {
        var task = slot.Task!;
        task.Failures = 0;
        _changed[_changedCount++] = task;
        if (task.Draft is { } draft)
        {
            var tried = draft.Count > 0;
            draft.Learn(tokens);
            if (tried)
            {
                // What was tried and did not come true stands behind the rest in the cells.
                var right = Math.Max(0, tokens.Length - 1);
                task.AcceptedTokens += right;
                AcceptedDraftTokens += right;
                _slots.TakeBack(slot, task.Count + right);
            }
        }

        foreach (var token in tokens)
        {
            if (TakeToken(slot, token))
            {
                return;
            }
        }

        if (error is not null)
        {
            _changedCount--;
            Abandon(slot);
            task.Fail(new EngineException("A sampler, constraint or processor of this request failed.", error));
        }
    }

    /// <returns>Whether the task ends with it.</returns>
    private bool TakeToken(SequenceSlot slot, int token)
    {
        var task = slot.Task!;
        if (!task.IgnoreEndOfGeneration && _isEndOfGeneration(token))
        {
            Finish(slot, StopReason.EndOfGeneration);
            return true;
        }

        task.Append(token);
        if (task.Count >= task.MaxLength)
        {
            Finish(slot, task.MaxLength >= _context.ContextPerSequence ? StopReason.ContextFull : StopReason.MaxTokens);
            return true;
        }

        return false;
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
