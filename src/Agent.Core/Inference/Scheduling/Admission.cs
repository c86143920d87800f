using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling;

/// <summary>Who gets a sequence, and who gives one up for another: the tasks that wait, and the moves between them and the sequences.</summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class Admission(IDecoderContext context, SlotTable slots, SchedulerOptions options)
{
    private readonly AdmissionQueue _queue = new(options);
    private bool _rests;

    /// <summary>Tasks that wait for a sequence.</summary>
    public int QueuedCount => _queue.Count;

    /// <summary>Tokens so far that admitted tasks found in the KV cache.</summary>
    public long ReusedTokens { get; private set; }

    /// <summary>Times so far that a task gave its sequence up.</summary>
    public long Preemptions { get; private set; }

    /// <summary>Adds a task to the queue.</summary>
    public void Enqueue(GenerationTask task) => _queue.Add(task, slots.CountMissing(task));

    /// <summary>Takes out a task whose reader has left or has all it wants; null if there is none.</summary>
    public GenerationTask? TakeLeft()
    {
        for (var i = _queue.Count - 1; i >= 0; i--)
        {
            var task = _queue[i];
            if (task.StopRequested || task.CancelRequested)
            {
                _queue.RemoveAt(i);
                return task;
            }
        }

        return null;
    }

    /// <summary>Ends every task that waits with an error.</summary>
    public void FailAll(Exception error)
    {
        for (var i = 0; i < _queue.Count; i++)
        {
            _queue[i].Fail(error);
        }

        _queue.Clear();
    }

    /// <summary>Admits nobody until a sequence is freed: there is no room for what runs already.</summary>
    public void Rest() => _rests = true;

    /// <summary>A sequence was freed.</summary>
    public void EndRest() => _rests = false;

    /// <summary>Throws if the bookkeeping is inconsistent. For tests.</summary>
    public void CheckIntegrity() => _queue.CheckIntegrity();

    /// <summary>Gives sequences to those that wait, in the order of the queue.</summary>
    public void Admit()
    {
        if (_rests && slots.ActiveCount > 0)
        {
            return;
        }

        _rests = false;
        var leastToTake = LeastPriorityToTake();
        for (var i = 0; i < _queue.Count;)
        {
            var task = _queue[i];
            slots.IsCrowded = _queue.Count > 1;
            var victim = !slots.HasFree && task.Priority >= leastToTake ? FindVictim(task) : null;
            if ((victim is null && !slots.HasFree) || task.CheckStillBehind() || slots.ShouldWait(task, victim))
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

            ReusedTokens += context.GetLength(slots.Admit(task).Id);
            leastToTake = LeastPriorityToTake();
        }
    }

    /// <summary>Below this priority no task can take a sequence from another; it saves looking for each that waits.</summary>
    private RequestPriority LeastPriorityToTake()
    {
        var least = RequestPriority.High + 1;
        if (_queue.Count == 0 || slots.HasFree)
        {
            return least;
        }

        foreach (var slot in slots.Slots)
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
        foreach (var slot in slots.Slots)
        {
            var task = slot.Task!;
            if (task.CheckPaused())
            {
                paused = Lower(paused, slot);
            }
            else if (task.Priority < candidate.Priority && task.Due > candidate.Due && task.Preemptions < options.MaxPreemptions)
            {
                lowest = Lower(lowest, slot);
            }
        }

        return paused ?? lowest;
    }

    /// <summary>Of two the one that gives way first.</summary>
    public static SequenceSlot Lower(SequenceSlot? first, SequenceSlot second) =>
        first is null || (second.Task!.Rank, second.Task.Order).CompareTo((first.Task!.Rank, first.Task.Order)) > 0 ? second : first;

    /// <summary>Puts a task back into the queue. Its tokens are all there is of it, so it goes on later as if nothing had been.</summary>
    /// <param name="slot">Its sequence.</param>
    /// <param name="next">The task that takes the sequence at once, and with it what both begin with; null for none.</param>
    public void Preempt(SequenceSlot slot, GenerationTask? next = null)
    {
        var task = slot.Task!;
        if (next is null)
        {
            slots.Abandon(slot);
        }
        else
        {
            slots.GiveWay(slot, next);
        }

        task.Preemptions++;
        Preemptions++;
        _queue.Add(task, slots.CountMissing(task));
    }
}
