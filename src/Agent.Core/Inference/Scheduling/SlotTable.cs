using Agent.Core.Inference.Scheduling.Offload;
using Agent.Core.Inference.Scheduling.Prefixes;
using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling;

/// <summary>The sequences of a context, and which of them a prompt should take to reuse what is already computed.</summary>
/// <remarks>
/// Engine thread only. Each sequence has cells for a whole context of its own, so a task that has one can reach its greatest length:
/// the sequence is the reservation. A sequence without a task keeps its cells until they are needed, so that the next round of its
/// conversation goes on where it ended; then they move to host memory, where there is an offload and it is worth it.
/// </remarks>
internal sealed class SlotTable
{
    /// <summary>A copy of cells between sequences must save at least this many tokens of prefill.</summary>
    private const int LeastTokensWorthCopying = 32;

    private readonly IDecoderContext _context;
    private readonly SequenceSlot[] _slots;
    private readonly PrefixTree _prefixes;
    private readonly int[] _common;
    private readonly int[] _elsewhere;
    private readonly PrefixOffload? _offload;

    public SlotTable(IDecoderContext context, int pins, PrefixOffload? offload = null)
    {
        _offload = offload;
        _context = context;
        _slots = [.. Enumerable.Range(0, context.MaxSequences).Select(id => new SequenceSlot(id))];
        _prefixes = new PrefixTree(context.MaxSequences, pins);
        _common = new int[context.MaxSequences];
        _elsewhere = new int[context.MaxSequences];
    }

    /// <summary>All slots in ascending order of id.</summary>
    public ReadOnlySpan<SequenceSlot> Slots => _slots;

    /// <summary>Slots with a task.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>Whether a slot has no task.</summary>
    public bool HasFree => ActiveCount < _slots.Length;

    /// <summary>
    /// Whether several tasks wait for a sequence. Then none is kept waiting for the conversation of somebody who may never come back: what
    /// their sequences held is lost.
    /// </summary>
    public bool IsCrowded { get; set; }

    /// <summary>How many tokens of its task a slot does not hold yet; 1 while it decodes.</summary>
    public int Waiting(SequenceSlot slot) => slot.Task!.Count - _context.GetLength(slot.Id);

    /// <summary>How many of the task's tokens would have to be computed if it were admitted now.</summary>
    public int CountMissing(GenerationTask task)
    {
        Match(task);
        var held = MostHeld();
        return task.Count - Math.Max(held, FindInHost(task, held).Tokens);
    }

    /// <summary>
    /// Whether a running task will soon have computed a prefix of this one that is worth waiting for, or the step must come first because another
    /// one's cells were moved already.
    /// </summary>
    /// <param name="task">A task that waits for a sequence.</param>
    /// <param name="victim">The slot that it would take from another task; nothing is going to be computed there.</param>
    public bool ShouldWait(GenerationTask task, SequenceSlot? victim = null)
    {
        // Only what was admitted can have moved, so there is a step to come, unless that has left again.
        if (_offload is { HasMoved: true } && ActiveCount > 0 && NeedsMove(task))
        {
            return true;
        }

        if (task.Awaited is { } awaited && awaited.Slot != victim && awaited.Slot.Task == awaited.Task && _context.GetLength(awaited.Slot.Id) < awaited.Tokens)
        {
            return true;
        }

        Match(task);
        var held = MostHeld();
        SequenceSlot? best = null;
        foreach (var slot in _slots)
        {
            best = !slot.IsFree && slot != victim && (best is null || _common[slot.Id] > _common[best.Id]) ? slot : best;
        }

        var waits = best is not null && _common[best.Id] >= held + LeastTokensWorthCopying
            && _common[best.Id] >= FindInHost(task, held).Tokens + LeastTokensWorthCopying;
        task.Awaited = waits ? new AwaitedPrefix(best!, best!.Task!, _common[best.Id]) : null;
        return waits;
    }

    /// <summary>Gives the task a slot whose KV cache holds as much of its tokens as can be had. There must be a free one.</summary>
    public SequenceSlot Admit(GenerationTask task)
    {
        Match(task);
        var target = ChooseFree();
        var (reusable, settled) = Fill(target, task);
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

    /// <summary>Frees a slot for a task that is admitted to it at once, and that goes on from what both tasks begin with.</summary>
    public void GiveWay(SequenceSlot slot, GenerationTask next)
    {
        var settled = slot.Settled;
        var task = slot.Task!;
        var common = task.CacheSalt == next.CacheSalt ? task.Tokens.CommonPrefixLength(next.Tokens) : 0;
        Release(slot, Math.Max(Math.Max(settled, _prefixes.PinnedLength(slot.Id)), Math.Min(common, _context.GetLength(slot.Id))));

        // What was not settled before is not by changing hands.
        slot.Release(Math.Min(slot.Settled, Math.Max(settled, _prefixes.PinnedLength(slot.Id))));
    }

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

        if (IsSaveWorth(_slots[id], stays: 0))
        {
            Save(_slots[id], HostPrefix.None);
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
        _offload?.CheckIntegrity();
        SlotTableCheck.Run(_slots, ActiveCount, _prefixes, _context);
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

    /// <summary>Puts into a free slot as much of the task's tokens as can be had.</summary>
    /// <returns>How many those are, and how many of them come from requests that ended well.</returns>
    private (int Reusable, int Settled) Fill(SequenceSlot target, GenerationTask task)
    {
        var host = _context.IsCopyPending(target.Id) ? HostPrefix.None : FindInHost(task, MostHeld());
        if (IsSaveWorth(target, stays: _common[target.Id]))
        {
            Save(target, host);
            _offload!.NoteMove();
        }

        if (host.IsFound)
        {
            _offload!.NoteMove();
            if (_offload.Restore(host, target.Id) is var restored and > 0)
            {
                return (restored, restored);
            }
        }

        // After a restore that failed the slot is empty.
        var held = Held(target);
        if (BestDonor(target) is not { } donor || Held(donor) < held + LeastTokensWorthCopying)
        {
            return (held, Math.Min(held, target.Settled));
        }

        _context.CopySequence(donor.Id, target.Id);
        _offload?.NoteMove();
        _prefixes.Touch(donor.Id);
        return (Held(donor), Math.Min(Held(donor), donor.Settled));
    }

    /// <summary>Whether a task would be given its slot only after cells have moved between it and host memory.</summary>
    private bool NeedsMove(GenerationTask task)
    {
        if (!HasFree)
        {
            // Which slot it would be is known when another task has given it up; a step is not long.
            return true;
        }

        Match(task);
        var target = ChooseFree();
        return FindInHost(task, MostHeld()).IsFound || IsSaveWorth(target, stays: _common[target.Id]);
    }

    private HostPrefix FindInHost(GenerationTask task, int held) => _offload?.Find(task.CacheSalt, task.Tokens[..^1], held) ?? HostPrefix.None;

    /// <summary>Whether what a free slot holds should be saved before it is overwritten.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="stays">How many of its tokens its next task has too.</param>
    private bool IsSaveWorth(SequenceSlot slot, int stays)
    {
        var tokens = _prefixes.TokensOf(slot.Id);
        if (_offload is null || IsCrowded || tokens.IsEmpty)
        {
            return false;
        }

        _prefixes.Match(_prefixes.SaltOf(slot.Id), tokens, _elsewhere);
        foreach (var other in _slots)
        {
            stays = other == slot ? stays : Math.Max(stays, Math.Min(_elsewhere[other.Id], _context.GetLength(other.Id)));
        }

        return _offload.IsSaveWorth(slot.Id, _prefixes.SaltOf(slot.Id), tokens, stays, othersWait: ActiveCount > 0);
    }

    private void Save(SequenceSlot slot, HostPrefix keep) => _offload!.Save(slot.Id, _prefixes.SaltOf(slot.Id), _prefixes.TokensOf(slot.Id), keep);

    /// <summary>At least one token must be left to compute, or there are no logits to sample from.</summary>
    private void Match(GenerationTask task) => _prefixes.Match(task.CacheSalt, task.Tokens[..^1], _common);

    /// <summary>How much of the prompt that was matched last stands in the cells of a slot.</summary>
    private int Held(SequenceSlot slot) => Math.Min(_common[slot.Id], _context.GetLength(slot.Id));

    private int MostHeld()
    {
        var most = 0;
        foreach (var slot in _slots)
        {
            most = Math.Max(most, Held(slot));
        }

        return most;
    }

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
