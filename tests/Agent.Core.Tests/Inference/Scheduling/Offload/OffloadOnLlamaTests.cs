using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Inference.Scheduling.Offload;
using Agent.Core.Native;
using Agent.Testing;

namespace Agent.Core.Tests.Inference.Scheduling.Offload;

/// <summary>What the fake context cannot know: that llama.cpp's own states hold what they should, and what a failed restore leaves behind.</summary>
[Collection("embedded model")]
public class OffloadOnLlamaTests(EmbeddedModelFixture fixture)
{
    private const string Question = "The weather in Paris is sunny today, and in London it rains. The weather in Rome";

    [Theory]
    [InlineData(KvCacheType.F16, true)]
    [InlineData(KvCacheType.Q8_0, true)]
    [InlineData(KvCacheType.F16, false)]
    public void A_conversation_that_was_on_the_host_goes_on_with_the_same_tokens(KvCacheType type, bool flashAttention)
    {
        var stayed = TwoRounds(type, flashAttention, displaced: false);
        var moved = TwoRounds(type, flashAttention, displaced: true);

        Assert.Equal((0, 1), (stayed.Restores, moved.Restores));
        Assert.True(moved.Cached > Encode(Question).Length, $"{moved.Cached} tokens were found");
        Assert.Equal(stayed.Cached, moved.Cached);
        Assert.Equal(stayed.Tokens, moved.Tokens);
    }

    [Fact]
    public void A_state_goes_into_another_sequence_and_leaves_the_others_alone()
    {
        using var context = NewContext(3);
        var prompt = Encode(Question);
        var cold = Next(context, 0, prompt);
        using var state = Save(context, 0, prompt.Length);
        var other = Encode("One, two, three, four,");
        var expected = Next(context, 1, other);
        context.Truncate(1, other.Length - 1);

        Assert.True(context.TryRestore(2, state, prompt.Length));
        Assert.Equal(prompt.Length, context.GetLength(2));
        context.Truncate(2, prompt.Length - 1);
        Assert.Equal(cold, Next(context, 2, prompt));
        Assert.Equal(expected, Next(context, 1, other));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void A_restore_that_fails_leaves_an_empty_sequence_that_computes_as_ever(int sequences, bool flashAttention)
    {
        using var context = NewContext(sequences, flashAttention: flashAttention);
        var prompt = Encode(Question);
        var cold = Next(context, 0, prompt);
        using var state = Save(context, 0, prompt.Length);
        context.Truncate(0, 0);
        var other = Encode("One, two, three, four,");
        if (sequences > 1)
        {
            Next(context, 1, other);
        }

        // From within the keys of a layer on, nothing but ones: those keys are no numbers and are written, and the next layer has no sound type.
        var bytes = state.AsSpan();
        bytes[(bytes.Length / 4)..].Fill(0xFF);
        Assert.False(context.TryRestore(0, state, prompt.Length));

        Assert.Equal(0, context.GetLength(0));
        Assert.Equal(cold, Next(context, 0, prompt));
        if (sequences > 1)
        {
            Assert.Equal(other.Length, context.GetLength(1));
            context.Truncate(1, other.Length - 1);
            Assert.All(Logits(context, 1, other), logit => Assert.True(float.IsFinite(logit)));
        }
    }

    [Fact]
    public void A_state_of_another_length_is_refused()
    {
        using var context = NewContext(1);
        var prompt = Encode(Question);
        Next(context, 0, prompt);
        using var state = Save(context, 0, prompt.Length);

        Assert.False(context.TryRestore(0, state, prompt.Length - 1));
        Assert.Equal(0, context.GetLength(0));
        using var tooSmall = new SequenceState(state.Length - 1);
        Next(context, 0, prompt);
        Assert.False(context.TrySave(0, tooSmall));
        Assert.Equal(prompt.Length, context.GetLength(0));
    }

    [Fact]
    public void Neither_side_of_a_copy_can_be_moved_before_the_next_step()
    {
        using var context = NewContext(3);
        var prompt = Encode(Question);
        var cold = Next(context, 0, prompt);
        using var state = Save(context, 0, prompt.Length);
        context.CopySequence(0, 1);

        Assert.True(context.IsCopyPending(0) && context.IsCopyPending(1) && !context.IsCopyPending(2));
        Assert.Throws<InvalidOperationException>(() => context.TrySave(1, state));
        Assert.Throws<InvalidOperationException>(() => context.TryRestore(0, state, prompt.Length));
        Next(context, 2, prompt);
        Assert.False(context.IsCopyPending(0) || context.IsCopyPending(1));

        // The copy's own state is good now.
        using var copy = Save(context, 1, prompt.Length);
        Assert.True(context.TryRestore(0, copy, prompt.Length));
        context.Truncate(0, prompt.Length - 1);
        Assert.Equal(cold, Next(context, 0, prompt));
    }

    private (List<int> Tokens, int Cached, long Restores) TwoRounds(KvCacheType type, bool flashAttention, bool displaced)
    {
        using var context = NewContext(1, type, flashAttention);
        using var offload = new PrefixOffload(context, new OffloadOptions { BudgetBytes = 64 << 20, LeastTokens = 8, AssumedTokensPerSecond = 1 }, new ManualTimeProvider());
        using var scheduler = new Scheduler(context, new SchedulerOptions(), _ => false, offload: offload);
        var history = Encode(Question);
        var first = Submit(scheduler, history, 12);
        RunToEnd(scheduler);
        if (displaced)
        {
            Submit(scheduler, Encode("A recipe for bread: take flour, water, salt and yeast, and"), 20);
            RunToEnd(scheduler);
        }

        int[] next = [.. history, .. SchedulerRun.Read(first), .. Encode(" And in Madrid")];
        var second = Submit(scheduler, next, 24);
        RunToEnd(scheduler);
        return (SchedulerRun.Read(second), second.CachedTokens, offload.Restores);
    }

    private static SequenceState Save(NativeContext context, int sequence, int tokens)
    {
        Assert.Equal(tokens, context.GetLength(sequence));
        var state = new SequenceState(context.GetStateSize(sequence));
        Assert.True(context.TrySave(sequence, state));
        return state;
    }

    private static int Next(NativeContext context, int sequence, int[] tokens)
    {
        var logits = Logits(context, sequence, tokens);
        return Array.IndexOf(logits, logits.Max());
    }

    /// <summary>Feeds what the sequence does not hold yet, one token a step, so that all ways to the same cells give the same numbers.</summary>
    private static float[] Logits(NativeContext context, int sequence, int[] tokens)
    {
        var batch = new DecodeBatch(1);
        for (var i = context.GetLength(sequence); i < tokens.Length; i++)
        {
            batch.Clear();
            batch.Add(tokens[i], i, sequence, output: true);
            Assert.Equal(DecodeStatus.Ok, context.Decode(batch));
            context.Synchronize();
        }

        return context.GetLogits(0).ToArray();
    }

    private static GenerationTask Submit(Scheduler scheduler, int[] prompt, int maxTokens)
    {
        var task = new GenerationTask(prompt, prompt.Length + maxTokens, new Sampler(SamplingOptions.Greedy, [], [], 1), TimeProvider.System) { IgnoreEndOfGeneration = true };
        scheduler.Enqueue(task);
        return task;
    }

    private static void RunToEnd(Scheduler scheduler)
    {
        while (scheduler.Step())
        {
            scheduler.CheckIntegrity();
        }
    }

    private NativeContext NewContext(int sequences, KvCacheType type = KvCacheType.F16, bool flashAttention = true) => NativeContext.Create(fixture.Model.Native, new NativeContextOptions
    {
        ContextPerSequence = 256,
        MaxSequences = sequences,
        MaxOutputs = sequences,
        BatchSize = 128,
        MicroBatchSize = 128,
        Threads = 1,
        BatchThreads = 1,
        KvType = type,
        FlashAttention = flashAttention,
        OnGpu = fixture.Model.OnGpu,
    });

    private int[] Encode(string text)
    {
        var ids = new List<int>();
        fixture.Model.Tokenizer.Encode(text, ids);
        return [.. ids];
    }
}
