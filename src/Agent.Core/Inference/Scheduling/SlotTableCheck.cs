using Agent.Core.Inference.Scheduling.Prefixes;
using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling;

/// <summary>Holds the slots of a context against what must always be true of them.</summary>
internal static class SlotTableCheck
{
    /// <exception cref="InvalidOperationException">Something is not true; the message says what.</exception>
    public static void Run(ReadOnlySpan<SequenceSlot> slots, int activeCount, PrefixTree prefixes, IDecoderContext context)
    {
        prefixes.CheckIntegrity();
        var tasks = new HashSet<GenerationTask>();
        var active = 0;
        foreach (var slot in slots)
        {
            var length = context.GetLength(slot.Id);
            var known = prefixes.TokensOf(slot.Id);
            Require(slot.Settled <= length, $"sequence {slot.Id} holds {length} tokens, and {slot.Settled} count as settled");
            if (slot.Task is { } task)
            {
                active++;
                Require(tasks.Add(task), $"slot {slot.Id} shares its task with another");
                Require(length <= task.Count, $"sequence {slot.Id} holds {length} tokens, its task {task.Count}");
                Require(task.Count <= task.MaxLength, $"the task in slot {slot.Id} holds {task.Count} tokens of {task.MaxLength}");
                Require(task.MaxLength <= context.ContextPerSequence, $"the task in slot {slot.Id} may grow to {task.MaxLength} tokens, its cells are {context.ContextPerSequence}");
                Require(task.Tokens.StartsWith(known), $"the prefixes know other tokens of slot {slot.Id} than its task");
            }
            else
            {
                Require(length == known.Length, $"the prefixes know {known.Length} tokens of free slot {slot.Id}, its sequence holds {length}");
                Require(slot.Settled == length, $"free slot {slot.Id} holds {length} tokens, {slot.Settled} of them from requests that ended well");
            }
        }

        Require(active == activeCount, $"{active} slots are active, {activeCount} are counted");
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"The slot table is inconsistent: {message}.");
        }
    }
}
