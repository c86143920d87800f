using Agent.Core.Native;

namespace Agent.Core.Inference.Scheduling;

/// <summary>The rows of a step, as its plan wants them, and whose next tokens it brings.</summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class StepBatch(IDecoderContext context, SlotTable slots, StepPlan plan)
{
    private readonly SequenceSlot[] _sampled = new SequenceSlot[context.MaxSequences];
    private readonly int[] _firstOutputs = new int[context.MaxSequences];
    private int _sampledCount;

    /// <summary>The rows.</summary>
    public DecodeBatch Rows { get; } = new(context.BatchCapacity);

    /// <summary>How many of them are no one's next token.</summary>
    public int PrefillRows { get; private set; }

    /// <summary>The sequences whose next tokens are wanted.</summary>
    public ReadOnlySpan<SequenceSlot> Sampled => _sampled.AsSpan(0, _sampledCount);

    /// <summary>The first output of each of them; those of what it tries follow.</summary>
    public ReadOnlySpan<int> FirstOutputs => _firstOutputs.AsSpan(0, _sampledCount);

    /// <summary>Writes the rows of the plan.</summary>
    public void Compose()
    {
        Rows.Clear();
        PrefillRows = 0;
        _sampledCount = 0;

        // Ascending ids: llama.cpp splits a step into micro-batches wherever the order of sequences has a hole.
        foreach (var slot in slots.Slots)
        {
            if (plan.IsFiller(slot.Id))
            {
                // Where an output costs next to nothing, it keeps the step in the form of the one before, and llama.cpp need not build its graph anew.
                Rows.Add(token: 0, context.GetLength(slot.Id), slot.Id, output: context.BestCount > 0, whole: false);
            }

            var feed = plan.TokensOf(slot.Id);
            if (feed == 0)
            {
                continue;
            }

            var task = slot.Task!;
            PrefillRows += slots.Waiting(slot) > 1 ? feed : 0;
            var from = context.GetLength(slot.Id);
            var whole = NeedsWholeRow(task, drafted: 0);
            for (var i = from; i < from + feed; i++)
            {
                if (Rows.Add(task.Tokens[i], i, slot.Id, output: i == task.Count - 1, whole) is var output and >= 0)
                {
                    _firstOutputs[_sampledCount] = output;
                    _sampled[_sampledCount++] = slot;
                    AddDraft(slot);
                }
            }
        }
    }

    /// <summary>What a sequence tries stands behind its last token, each with logits of its own.</summary>
    private void AddDraft(SequenceSlot slot)
    {
        if (plan.DraftCount == 0)
        {
            slot.Task!.Draft?.Try(0);
            return;
        }

        var task = slot.Task!;
        task.StageDraft();
        var drafted = task.Draft!.Tokens;
        var whole = NeedsWholeRow(task, drafted.Length);
        for (var i = 0; i < drafted.Length; i++)
        {
            Rows.Add(drafted[i], task.Count + i, slot.Id, output: true, whole);
        }
    }

    private bool NeedsWholeRow(GenerationTask task, int drafted) =>
        task.Sampler.NeedsWholeRow(context.BestCount, task.TokensWithDraft(drafted), task.PromptLength);

    /// <summary>Takes the rows back that only filled holes.</summary>
    public void TakeBackFillers()
    {
        for (var id = 0; plan.FillerCount > 0 && id < context.MaxSequences; id++)
        {
            if (plan.IsFiller(id) && !slots.TryRestore(slots.Slots[id]))
            {
                // A memory that cannot drop its last token has dropped all: better holes than that.
                plan.LeaveHoles();
            }
        }
    }
}
