using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Native;

namespace Agent.Core.Tests.Inference.Scheduling;

/// <summary>What the fake context cannot know: that llama.cpp's own cells survive it.</summary>
[Collection("embedded model")]
public class SchedulerOnLlamaTests(EmbeddedModelFixture fixture)
{
    private const string Question = "The weather in Paris is sunny today, and in London";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_row_in_a_hole_leaves_the_conversation_that_rests_there_as_it_was(bool select)
    {
        var cold = Run(fillers: 0, neighbours: false, select: false);
        var beside = Run(fillers: 4, neighbours: true, select);

        Assert.Equal(0, cold.Cached);
        Assert.True(beside.Cached >= Encode(Question).Length, $"{beside.Cached} tokens were found");
        Assert.Equal(cold.Tokens, beside.Tokens);
    }

    [Fact]
    public void A_request_that_gave_way_goes_on_where_it_was()
    {
        using var context = NewContext(sequences: 1);
        using var scheduler = NewScheduler(context, fillers: 0);
        var alone = Submit(scheduler, Encode(Question), 12, RequestPriority.Low);
        RunToEnd(scheduler);
        var background = Submit(scheduler, Encode(Question), 12, RequestPriority.Low);
        for (var i = 0; i < 5; i++)
        {
            scheduler.Step();
        }

        var urgent = Submit(scheduler, Encode("A recipe for bread:"), 4, RequestPriority.High);
        RunToEnd(scheduler);

        Assert.NotEmpty(SchedulerRun.Read(urgent));
        Assert.Equal(1, background.Statistics!.Preemptions);
        Assert.Equal(SchedulerRun.Read(alone), SchedulerRun.Read(background));
    }

    /// <summary>A second round; the first one was computed before, in a sequence between two that go on running.</summary>
    private (List<int> Tokens, int Cached) Run(int fillers, bool neighbours, bool select)
    {
        using var context = NewContext(sequences: 3, select);
        using var scheduler = NewScheduler(context, fillers);
        int[] history = [.. Encode(Question), .. Encode(" it rains.")];
        if (neighbours)
        {
            Submit(scheduler, Encode("One, two, three,"), 60);
            Submit(scheduler, history, 1);
            Submit(scheduler, Encode("Red, green, blue,"), 60);
            for (var i = 0; i < 30; i++)
            {
                scheduler.Step();
                scheduler.CheckIntegrity();
            }

            Assert.Equal(2, scheduler.ActiveCount);
            Assert.Equal(history.Length, context.GetLength(1));
        }

        var second = Submit(scheduler, [.. history, .. Encode(" In Rome")], 10);
        RunToEnd(scheduler);
        return (SchedulerRun.Read(second), second.CachedTokens);
    }

    private static GenerationTask Submit(Scheduler scheduler, int[] prompt, int maxTokens, RequestPriority priority = RequestPriority.Normal)
    {
        var task = new GenerationTask(prompt, prompt.Length + maxTokens, new Sampler(SamplingOptions.Greedy, [], [], 1), TimeProvider.System)
        {
            Priority = priority,
            IgnoreEndOfGeneration = true,
        };
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

    private static Scheduler NewScheduler(NativeContext context, int fillers) =>
        new(context, new SchedulerOptions { MostFillers = fillers }, _ => false);

    private NativeContext NewContext(int sequences, bool select = false) => NativeContext.Create(fixture.Model.Native, new NativeContextOptions
    {
        ContextPerSequence = 256,
        MaxSequences = sequences,
        MaxOutputs = sequences,
        BatchSize = 128,
        MicroBatchSize = 128,
        Threads = 1,
        BatchThreads = 1,
        KvType = KvCacheType.F16,
        FlashAttention = true,
        YarnFactor = 1,
        YarnOriginalContext = 0,
        OnGpu = fixture.Model.OnGpu,
        SelectOnDevice = select,
    });

    private int[] Encode(string text)
    {
        var ids = new List<int>();
        fixture.Model.Tokenizer.Encode(text, ids);
        return [.. ids];
    }
}
