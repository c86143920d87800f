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
    private readonly Admission _admission;
    private readonly StepBatch _batch;
    private readonly SamplingTeam _team;
    private readonly GenerationTask[] _changed;
    private readonly StepPlan _plan;
    private readonly StepClock _clock;
    private readonly PrefixOffload? _offload;
    private int _changedCount;

    public Scheduler(IDecoderContext context, SchedulerOptions options, Func<int, bool> isEndOfGeneration, TimeProvider? time = null, PrefixOffload? offload = null)
    {
        options = options with { MaxRows = context.OutputCapacity };
        _clock = new StepClock(time ?? TimeProvider.System);
        _offload = offload;
        _context = context;
        _options = options;
        _isEndOfGeneration = isEndOfGeneration;
        _slots = new SlotTable(context, options.MaxPins, offload);
        _admission = new Admission(context, _slots, options);
        _team = new SamplingTeam(context, options.SamplingThreads, options.LeastParallelLogits);
        _changed = new GenerationTask[context.MaxSequences];
        _plan = new StepPlan(context, _slots, options, isEndOfGeneration);
        _batch = new StepBatch(context, _slots, _plan);
    }

    /// <summary>Tasks that run.</summary>
    public int ActiveCount => _slots.ActiveCount;

    /// <summary>Tasks that wait for a sequence.</summary>
    public int QueuedCount => _admission.QueuedCount;

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
    public long ReusedTokens => _admission.ReusedTokens;

    /// <summary>Times so far that a task gave its sequence up.</summary>
    public long Preemptions => _admission.Preemptions;

    /// <summary>Tokens so far that were tried ahead.</summary>
    public long DraftTokens { get; private set; }

    /// <summary>How many of them came true.</summary>
    public long AcceptedDraftTokens { get; private set; }

    /// <summary>Where the time of the steps went.</summary>
    public StepTimes Times => _clock.Times;

    /// <summary>Adds a task to the queue.</summary>
    public void Enqueue(GenerationTask task) => _admission.Enqueue(task);

    /// <summary>Drops what was cancelled, admits what fits, and runs one step.</summary>
    /// <returns>False if there is nothing to do until a task is added, cancelled or read from.</returns>
    public bool Step()
    {
        _clock.Begin();
        DropLeft();
        _admission.Admit();
        if (_slots.ActiveCount == 0)
        {
            Deliver();
            return false;
        }

        _plan.Make();
        _batch.Compose();
        if (_batch.Rows.Count == 0)
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
            _plan.Observe(_batch.PrefillRows, elapsed);
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

        _admission.FailAll(error);
    }

    /// <summary>Ends the threads that sample. The tasks stay as they are.</summary>
    public void Dispose() => _team.Dispose();

    /// <summary>Throws if the bookkeeping is inconsistent. For tests.</summary>
    public void CheckIntegrity()
    {
        _slots.CheckIntegrity();
        _admission.CheckIntegrity();
    }

    /// <summary>Ends the tasks whose readers have left or have all they want.</summary>
    private void DropLeft()
    {
        while (_admission.TakeLeft() is { } waiting)
        {
            EndEarly(waiting);
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

    /// <summary>
    /// Runs the step. Where a device computes it, the readers get the tokens of the step before meanwhile; they would otherwise
    /// keep the device waiting. A step with prompts may be computed in several passes, and comes back only when the last one has begun; first
    /// tokens do not wait for that.
    /// </summary>
    private DecodeStatus Decode()
    {
        _clock.Skip();
        if (_batch.PrefillRows > 0)
        {
            Deliver();
            _clock.EndDelivering();
        }

        _offload?.BeginStep();
        var status = _context.Decode(_batch.Rows);
        _clock.EndDecoding();
        if (status == DecodeStatus.Ok && _context.IsAsynchronous)
        {
            _team.Prepare(_batch.Sampled.Length, _batch.Rows.WholeOutputs, _plan.Expected - _clock.SinceBegin);
        }

        Deliver();
        _clock.EndDelivering();
        if (status == DecodeStatus.Ok)
        {
            _context.Synchronize();
            _clock.EndWaiting();
        }

        _offload?.EndStep(status == DecodeStatus.Ok ? _batch.Rows.Count : 0);
        _batch.TakeBackFillers();
        return status;
    }

    private void SampleRows()
    {
        var sampled = _batch.Sampled;
        var drafted = _plan.DraftCount * sampled.Length;
        PrefillTokens += _batch.PrefillRows;
        DraftTokens += drafted;
        DecodeTokens += _batch.Rows.Count - _batch.PrefillRows - _plan.FillerCount - drafted;
        _team.Begin(_batch.Rows.WholeOutputs);
        for (var i = 0; i < sampled.Length; i++)
        {
            _team.Add(sampled[i].Task!, _batch.FirstOutputs[i]);
        }

        _clock.Skip();
        _team.Run();
        _clock.EndSampling();
        for (var i = 0; i < sampled.Length; i++)
        {
            TakeTokens(sampled[i], _team.GetTokens(i, out var error), error);
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
        _admission.EndRest();
    }

    private void Abandon(SequenceSlot slot)
    {
        _slots.Abandon(slot);
        _admission.EndRest();
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
            lowest = slot.IsFree ? lowest : Admission.Lower(lowest, slot);
        }

        if (_slots.ActiveCount > 1)
        {
            _admission.Preempt(lowest!);
            _admission.Rest();
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
