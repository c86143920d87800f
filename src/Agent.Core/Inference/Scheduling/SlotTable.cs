using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling;

/// <summary>The sequences of a context, and which of them a prompt should take to reuse what is already computed.</summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class SlotTable
{
    /// <summary>A copy of cells between sequences must save at least this many tokens of prefill.</summary>
    private const int LeastTokensWorthCopying = 32;

    private readonly IDecoderContext _context;
    private readonly SequenceSlot[] _slots;
    private long _clock;

    public SlotTable(IDecoderContext context)
    {
        _context = context;
        _slots = [.. Enumerable.Range(0, context.MaxSequences).Select(id => new SequenceSlot(id))];
    }

    /// <summary>All slots in ascending order of id.</summary>
    public ReadOnlySpan<SequenceSlot> Slots => _slots;

    /// <summary>Slots with a task.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>Gives the task a slot whose KV cache holds as much of its prompt as can be had.</summary>
    /// <returns>The slot; null if none is free, or if a running task will soon have computed a prefix worth waiting for.</returns>
    public SequenceSlot? TryAdmit(GenerationTask task)
    {
        var target = ChooseFree(task.Tokens, out var reusable);
        if (target is null)
        {
            return null;
        }

        var donor = BestDonor(task.Tokens, target, out var donated, out var promised);
        if (promised >= Math.Max(reusable, donated) + LeastTokensWorthCopying)
        {
            return null;
        }

        if (donor is not null && donated >= reusable + LeastTokensWorthCopying)
        {
            _context.CopySequence(donor.Id, target.Id);
            reusable = donated;
        }

        _context.Truncate(target.Id, reusable);
        reusable = _context.GetLength(target.Id);
        target.Take(task, ++_clock);
        task.Admit(reusable);
        ActiveCount++;
        return target;
    }

    /// <summary>Frees a slot whose task has ended, keeping what it computed.</summary>
    public void Release(SequenceSlot slot) => Release(slot, _context.GetLength(slot.Id));

    /// <summary>Frees a slot and leaves at most the first tokens of its task in the KV cache.</summary>
    public void Release(SequenceSlot slot, int keep)
    {
        _context.Truncate(slot.Id, keep);
        slot.Release(_context.GetLength(slot.Id), ++_clock);
        ActiveCount--;
    }

    /// <summary>Throws if slots and context disagree. For tests.</summary>
    public void CheckIntegrity()
    {
        var tasks = new HashSet<GenerationTask>();
        var active = 0;
        foreach (var slot in _slots)
        {
            var length = _context.GetLength(slot.Id);
            if (slot.Task is { } task)
            {
                active++;
                Require(tasks.Add(task), $"slot {slot.Id} shares its task with another");
                Require(length <= task.Count, $"sequence {slot.Id} holds {length} tokens, its task {task.Count}");
                Require(task.Count <= task.MaxLength, $"the task in slot {slot.Id} holds {task.Count} tokens of {task.MaxLength}");
            }
            else
            {
                Require(length == slot.Tokens.Length, $"free slot {slot.Id} remembers {slot.Tokens.Length} tokens, its sequence holds {length}");
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

    /// <summary>
    /// Prefers the slot that holds the conversation this prompt goes on with; else an empty one of low id, since steps
    /// whose sequence ids have no holes run in fewer micro-batches; else the one unused for longest.
    /// </summary>
    private SequenceSlot? ChooseFree(ReadOnlySpan<int> prompt, out int reusable)
    {
        SequenceSlot? best = null, empty = null, oldest = null;
        reusable = 0;
        foreach (var slot in _slots)
        {
            if (!slot.IsFree)
            {
                continue;
            }

            var common = CommonPrefix(slot.Tokens, prompt);
            if (common > reusable && common * 2 >= slot.Tokens.Length)
            {
                (best, reusable) = (slot, common);
            }

            empty ??= slot.Tokens.IsEmpty ? slot : null;
            oldest = oldest is null || slot.LastUsed < oldest.LastUsed ? slot : oldest;
        }

        if (best is null && (empty ?? oldest) is { } other)
        {
            reusable = CommonPrefix(other.Tokens, prompt);
            return other;
        }

        return best;
    }

    private SequenceSlot? BestDonor(ReadOnlySpan<int> prompt, SequenceSlot target, out int donated, out int promised)
    {
        SequenceSlot? best = null;
        donated = 0;
        promised = 0;
        foreach (var slot in _slots)
        {
            if (slot == target)
            {
                continue;
            }

            var common = CommonPrefix(slot.Tokens, prompt);
            var computed = Math.Min(common, _context.GetLength(slot.Id));
            if (computed > donated)
            {
                (best, donated) = (slot, computed);
            }

            promised = Math.Max(promised, common);
        }

        return best;
    }

    /// <summary>At least one token must be left to compute, or there are no logits to sample from.</summary>
    private static int CommonPrefix(ReadOnlySpan<int> tokens, ReadOnlySpan<int> prompt) =>
        tokens.CommonPrefixLength(prompt[..^1]);
}
