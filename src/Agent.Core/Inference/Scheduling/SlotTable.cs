using Agent.Core.Inference.Scheduling.Prefixes;
using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling;

/// <summary>The sequences of a context, and which of them a prompt should take to reuse what is already computed.</summary>
/// <remarks>
/// Engine thread only. Each sequence has cells for a whole context of its own, so a task that has one can reach its greatest length:
/// the sequence is the reservation. A sequence without a task keeps its cells until they are needed, so that the next round of its
/// conversation goes on where it ended.
/// </remarks>
internal sealed class SlotTable
{
    /// <summary>A copy of cells between sequences must save at least this many tokens of prefill.</summary>
    private const int LeastTokensWorthCopying = 32;

    private readonly IDecoderContext _context;
    private readonly SequenceSlot[] _slots;
    private readonly PrefixTree _prefixes;
    private readonly int[] _common;

    public SlotTable(IDecoderContext context, int pins)
    {
        _context = context;
        _slots = [.. Enumerable.Range(0, context.MaxSequences).Select(id => new SequenceSlot(id))];
        _prefixes = new PrefixTree(context.MaxSequences, pins);
        _common = new int[context.MaxSequences];
    }

    /// <summary>All slots in ascending order of id.</summary>
    public ReadOnlySpan<SequenceSlot> Slots => _slots;

    /// <summary>Slots with a task.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>Whether a slot has no task.</summary>
    public bool HasFree => ActiveCount < _slots.Length;

    /// <summary>How many tokens of its task a slot does not hold yet; 1 while it decodes.</summary>
    public int Waiting(SequenceSlot slot) => slot.Task!.Count - _context.GetLength(slot.Id);

    /// <summary>How many of the task's tokens would have to be computed if it were admitted now.</summary>
    public int CountMissing(GenerationTask task)
    {
        Match(task);
        var held = 0;
        foreach (var slot in _slots)
        {
            held = Math.Max(held, Held(slot));
        }

        return task.Count - held;
    }

    /// <summary>Whether a running task will soon have computed a prefix of this one that is worth waiting for.</summary>
    public bool ShouldWait(GenerationTask task)
    {
        if (task.Awaited is { } awaited && awaited.Slot.Task == awaited.Task && _context.GetLength(awaited.Slot.Id) < awaited.Tokens)
        {
            return true;
        }

        Match(task);
        SequenceSlot? best = null;
        var held = 0;
        foreach (var slot in _slots)
        {
            held = Math.Max(held, Held(slot));
            best = !slot.IsFree && (best is null || _common[slot.Id] > _common[best.Id]) ? slot : best;
        }

        var waits = best is not null && _common[best.Id] >= held + LeastTokensWorthCopying;
        task.Awaited = waits ? new AwaitedPrefix(best!, best!.Task!, _common[best.Id]) : null;
        return waits;
    }

    /// <summary>Gives the task a slot whose KV cache holds as much of its tokens as can be had. There must be a free one.</summary>
    public SequenceSlot Admit(GenerationTask task)
    {
        Match(task);
        var target = ChooseFree();
        var reusable = _common[target.Id];
        var settled = reusable;
        if (BestDonor(target) is { } donor && Held(donor) >= reusable + LeastTokensWorthCopying)
        {
            reusable = Held(donor);
            settled = Math.Min(reusable, donor.Settled);
            _context.CopySequence(donor.Id, target.Id);
            _prefixes.Touch(donor.Id);
        }

        _context.Truncate(target.Id, reusable);
        reusable = _context.GetLength(target.Id);
        _prefixes.Set(target.Id, task.CacheSalt, task.Tokens, live: true);
        if (task.PinnedTokens > 0)
        {
            _prefixes.Pin(task.CacheSalt, task.Tokens[..task.PinnedTokens]);
        }

        target.Take(task, Math.Min(settled, reusable));
        task.Admit(reusable);
        ActiveCount++;
        return target;
    }

    /// <summary>Frees a slot whose task has ended well, and keeps what it computed.</summary>
    public void Release(SequenceSlot slot) => Release(slot, _context.GetLength(slot.Id));

    /// <summary>Frees a slot whose task did not end well, and keeps only what others left, and what is pinned.</summary>
    public void Abandon(SequenceSlot slot) => Release(slot, Math.Max(slot.Settled, _prefixes.PinnedLength(slot.Id)));

    /// <summary>Clears the cells of a slot; its task stays.</summary>
    public void Reset(SequenceSlot slot)
    {
        _context.Truncate(slot.Id, 0);
        slot.Unsettle();
    }

    /// <summary>Clears the cells of the slot without a task whose tokens are the least loss.</summary>
    /// <param name="greatest">A greater loss is not taken.</param>
    /// <returns>Whether there was one that held any.</returns>
    public bool TryEvict(PrefixLoss greatest)
    {
        var id = _prefixes.FindEvictable(PrefixLoss.Copy, greatest);
        if (id < 0)
        {
            return false;
        }

        Clear(_slots[id]);
        return true;
    }

    /// <summary>Takes back tokens that a slot only tried.</summary>
    /// <param name="slot">A slot with a task.</param>
    /// <param name="length">How many tokens of its cells stay.</param>
    public void TakeBack(SequenceSlot slot, int length)
    {
        if (length >= _context.GetLength(slot.Id))
        {
            return;
        }

        _context.Truncate(slot.Id, length);
        if (_context.GetLength(slot.Id) != length)
        {
            Reset(slot);
        }
    }

    /// <summary>Takes back a token that was fed to a slot and is none of its own.</summary>
    /// <returns>Whether the slot holds what it held; if not, it holds nothing.</returns>
    public bool TryRestore(SequenceSlot slot)
    {
        var length = slot.Task is { } task ? task.Count - 1 : _prefixes.TokensOf(slot.Id).Length;
        _context.Truncate(slot.Id, length);
        if (_context.GetLength(slot.Id) == length)
        {
            return true;
        }

        if (slot.IsFree)
        {
            Clear(slot);
        }
        else
        {
            Reset(slot);
        }

        return false;
    }

    /// <summary>Throws if slots, prefixes and context disagree. For tests.</summary>
    public void CheckIntegrity()
    {
        _prefixes.CheckIntegrity();
        var tasks = new HashSet<GenerationTask>();
        var active = 0;
        foreach (var slot in _slots)
        {
            var length = _context.GetLength(slot.Id);
            var known = _prefixes.TokensOf(slot.Id);
            Require(slot.Settled <= length, $"sequence {slot.Id} holds {length} tokens, and {slot.Settled} count as settled");
            if (slot.Task is { } task)
            {
                active++;
                Require(tasks.Add(task), $"slot {slot.Id} shares its task with another");
                Require(length <= task.Count, $"sequence {slot.Id} holds {length} tokens, its task {task.Count}");
                Require(task.Count <= task.MaxLength, $"the task in slot {slot.Id} holds {task.Count} tokens of {task.MaxLength}");
                Require(task.MaxLength <= _context.ContextPerSequence, $"the task in slot {slot.Id} may grow to {task.MaxLength} tokens, its cells are {_context.ContextPerSequence}");
                Require(task.Tokens.StartsWith(known), $"the prefixes know other tokens of slot {slot.Id} than its task");
            }
            else
            {
                Require(length == known.Length, $"the prefixes know {known.Length} tokens of free slot {slot.Id}, its sequence holds {length}");
                Require(slot.Settled == length, $"free slot {slot.Id} holds {length} tokens, {slot.Settled} of them from requests that ended well");
            }
        }

        Require(active == ActiveCount, $"{active} slots are active, {ActiveCount} are counted");

        static void Require(bool condition, string message)
        {
            if (!condition)
            {
                throw new InvalidOperationException($"The slot table is inconsistent: {message}.");
            }
        }
    }

    private void Release(SequenceSlot slot, int keep)
    {
        var task = slot.Task!;
        _context.Truncate(slot.Id, keep);
        var kept = _context.GetLength(slot.Id);
        _prefixes.Set(slot.Id, task.CacheSalt, task.Tokens[..kept], live: false);
        slot.Release(kept);
        ActiveCount--;
    }

    private void Clear(SequenceSlot slot)
    {
        _context.Truncate(slot.Id, 0);
        _prefixes.Set(slot.Id, string.Empty, [], live: false);
        slot.Release(0);
    }

    /// <summary>At least one token must be left to compute, or there are no logits to sample from.</summary>
    private void Match(GenerationTask task) => _prefixes.Match(task.CacheSalt, task.Tokens[..^1], _common);

    /// <summary>How much of the prompt that was matched last stands in the cells of a slot.</summary>
    private int Held(SequenceSlot slot) => Math.Min(_common[slot.Id], _context.GetLength(slot.Id));

    /// <summary>
    /// Prefers the slot that holds the conversation this prompt goes on with; else the one whose tokens are the least loss.
    /// </summary>
    private SequenceSlot ChooseFree()
    {
        SequenceSlot? best = null;
        foreach (var slot in _slots)
        {
            var common = _common[slot.Id];
            if (slot.IsFree && common > 0 && (best is null || common > _common[best.Id])
                && common * 2 >= _prefixes.TokensOf(slot.Id).Length && common >= _prefixes.PinnedLength(slot.Id))
            {
                best = slot;
            }
        }

        return best ?? _slots[_prefixes.FindEvictable(PrefixLoss.Nothing, PrefixLoss.Pinned)];
    }

    private SequenceSlot? BestDonor(SequenceSlot target)
    {
        SequenceSlot? best = null;
        foreach (var slot in _slots)
        {
            if (slot != target && (best is null || Held(slot) > Held(best)))
            {
                best = slot;
            }
        }

        return best;
    }
}
