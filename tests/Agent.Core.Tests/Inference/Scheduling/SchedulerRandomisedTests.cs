using System.Globalization;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Inference.Scheduling.Offload;
using Agent.Core.Native;
using static Agent.Core.Tests.Inference.Scheduling.SchedulerRun;

namespace Agent.Core.Tests.Inference.Scheduling;

/// <summary>
/// Random requests, readers and faults against a simple model: what a request gives when it runs alone. Whatever happens to others, a reader
/// sees the beginning of that, and all of it unless the request itself ended otherwise.
/// </summary>
public class SchedulerRandomisedTests
{
    private const int Poison = 61;
    private const int Context = 96;

    // Room for some ten conversations.
    private static readonly OffloadOptions Offload = new() { BudgetBytes = 10 * 8 * 60, LeastTokens = 4, MaxEntries = 16 };

    // A long run: AGENT_SCHEDULER_STEPS=1000000.
    private static readonly int Steps = int.Parse(Environment.GetEnvironmentVariable("AGENT_SCHEDULER_STEPS") ?? "10000", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(1, 1, false, false, false, false)]
    [InlineData(2, 3, true, false, false, false)]
    [InlineData(3, 1, true, true, false, false)]
    [InlineData(4, 3, false, true, false, false)]
    [InlineData(5, 1, false, false, true, false)]
    [InlineData(6, 3, true, true, true, true)]
    [InlineData(7, 1, false, false, false, true)]
    [InlineData(8, 1, true, true, false, true)]
    public void Nothing_leaks_and_no_request_changes_anothers_tokens(int seed, int threads, bool asynchronous, bool faults, bool drafts, bool offload)
    {
        var random = new Random(seed);
        var options = new SchedulerOptions
        {
            PrefillTokensWhileDecoding = 16,
            ShortTokens = 10,
            MediumTokens = 40,
            AgeingInterval = TimeSpan.FromMilliseconds(200),
            SamplingThreads = threads,
            LeastParallelLogits = 1,
            MaxPins = 2,
            MostFillers = asynchronous ? 2 : 0,
            DraftTokens = drafts ? 7 : 0,
        };
        using var run = new SchedulerRun(options, maxSequences: 5, contextPerSequence: Context, batchCapacity: 40, asynchronous, repeats: drafts, offload ? Offload : null);
        run.Context.OnSave = _ => !faults || random.Next(5) > 0;
        run.Context.OnRestore = _ => !faults || random.Next(5) > 0;
        run.Context.OnDecode = batch => batch.Tokens.Contains(Poison) ? DecodeStatus.Failed
            : !faults || random.Next(30) > 0 ? DecodeStatus.Ok
            : random.Next(3) == 0 ? DecodeStatus.Failed : DecodeStatus.NoKvRoom;
        var open = new List<Request>();
        var finished = new List<int[]>();
        var outcomes = new Dictionary<string, int>();
        for (var i = 0; i < Steps; i++)
        {
            if (random.Next(5) == 0 && open.Count < 60)
            {
                open.Add(Submit(run, random, finished));
            }

            foreach (var request in open)
            {
                request.Act(random);
            }

            run.StepTime = TimeSpan.FromMilliseconds(random.Next(20));
            run.Step();
            Settle(run, open, finished, outcomes, faults);
        }

        run.Context.OnDecode = batch => batch.Tokens.Contains(Poison) ? DecodeStatus.Failed : DecodeStatus.Ok;
        run.RunToEnd();
        open.ForEach(request => request.Read());
        run.RunToEnd();
        Settle(run, open, finished, outcomes, faults);

        Assert.Empty(open);
        Assert.Equal((0, 0), (run.Scheduler.ActiveCount, run.Scheduler.QueuedCount));
        Assert.Equal(Enumerable.Range(0, 5).Sum(run.Context.GetLength), run.Scheduler.CachedTokens);
        Assert.True(!drafts || run.Scheduler.AcceptedDraftTokens > Steps / 50, $"{run.Scheduler.AcceptedDraftTokens} of {run.Scheduler.DraftTokens} came true");
        Assert.True(run.Scheduler.Preemptions > Steps / 1000, $"{run.Scheduler.Preemptions} gave way");
        Assert.True(!offload || (run.Offload!.Saves > Steps / 200 && run.Offload.Restores > Steps / 1000), $"{run.Offload?.Saves} were saved, {run.Offload?.Restores} came back");
        Assert.Equal(offload && faults, run.Offload?.Failures > 0);
        Assert.Equal(asynchronous, run.Context.BestRowsRead > Steps / 10);
        Assert.All(["done", "cancelled", "stopped", "poisoned", "thrown"], outcome =>
            Assert.True(outcomes.GetValueOrDefault(outcome) > Steps / 1000, $"{outcome}: {outcomes.GetValueOrDefault(outcome)} of {outcomes.Values.Sum()}"));
    }

    private static Request Submit(SchedulerRun run, Random random, List<int[]> finished)
    {
        // Few beginnings, so that prefixes are shared often, and conversations that go on.
        int[] prompt = finished.Count > 0 && random.Next(3) == 0
            ? [.. finished[random.Next(finished.Count)], .. Prompt(random.Next(1000), random.Next(1, 12))]
            : [.. Prompt(random.Next(3), random.Next(1, 50)), .. Prompt(random.Next(100, 130), random.Next(1, 20))];
        prompt = prompt[..Math.Min(prompt.Length, Context - 5)];
        var request = new Request
        {
            Prompt = prompt,
            Max = random.Next(1, 40),
            ThrowsAt = random.Next(25) == 0 ? random.Next(1, 6) : 0,
            Salt = random.Next(6) == 0 ? "tenant" : "",
        };
        if (random.Next(40) == 0)
        {
            prompt[random.Next(prompt.Length)] = Poison;
        }

        request.Task = run.Submit(
            prompt, request.Max, (RequestPriority)random.Next(3), request.Salt, random.Next(4) == 0 ? random.Next(prompt.Length + 1) : 0, processors: request.ThrowsAt > 0 ? [new Throwing(request.ThrowsAt)] : []);
        request.Expected = run.Expected(prompt, request.Max);
        return request;
    }

    /// <summary>Holds what readers have against the model, and takes out the requests that have ended.</summary>
    private static void Settle(SchedulerRun run, List<Request> open, List<int[]> finished, Dictionary<string, int> outcomes, bool faults)
    {
        for (var i = open.Count - 1; i >= 0; i--)
        {
            var request = open[i];
            if (request.IsSlow && request.Task.Statistics is null && !request.Task.Output.Completion.IsCompleted)
            {
                continue;
            }

            request.Read();
            Assert.Equal(request.Expected.Take(request.Received.Count), request.Received);
            if (!request.Task.Output.Completion.IsCompleted)
            {
                continue;
            }

            var outcome = OutcomeOf(request, faults);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            if (outcome == "done")
            {
                finished.Add([.. request.Prompt, .. request.Received]);
                finished.RemoveRange(0, Math.Max(0, finished.Count - 20));
            }

            open.RemoveAt(i);
        }
    }

    private static string OutcomeOf(Request request, bool faults)
    {
        switch (Failure(request.Task))
        {
            case null when request.Task.Statistics!.Reason == StopReason.Stopped:
                Assert.True(request.IsStopped, "it was ended and nobody asked");
                return "stopped";
            case null:
                Assert.Equal(request.Expected, request.Received);
                Assert.False(request.Prompt.Contains(Poison), "it should have failed");
                return "done";
            case OperationCanceledException:
                Assert.True(request.IsCancelled, "it was cancelled and nobody asked");
                return "cancelled";
            case EngineException { InnerException: InvalidOperationException }:
                Assert.Equal(request.ThrowsAt - 1, request.Received.Count);
                return "thrown";
            case EngineException when request.IsPoisoned && !faults:
                Assert.Equal(request.Prompt.Contains(Poison) ? 0 : request.Expected.IndexOf(Poison) + 1, request.Received.Count);
                return "poisoned";
            case EngineException when faults:
                return request.IsPoisoned ? "poisoned" : "lost to two faults";
            case var error:
                throw new InvalidOperationException("A request failed without a cause.", error);
        }
    }

    private sealed class Request
    {
        public required int[] Prompt { get; init; }

        public required int Max { get; init; }

        // A token can be generated too; then the step that feeds it fails.
        public bool IsPoisoned => Prompt.Contains(Poison) || Expected.Contains(Poison);

        public required int ThrowsAt { get; init; }

        public required string Salt { get; init; }

        public GenerationTask Task { get; set; } = null!;

        public List<int> Expected { get; set; } = [];

        public List<int> Received { get; } = [];

        public bool IsCancelled { get; private set; }

        public bool IsStopped { get; private set; }

        public bool IsSlow { get; private set; }

        public void Act(Random random)
        {
            switch (random.Next(200))
            {
                case 0 or 1:
                    IsCancelled = true;
                    Task.RequestCancel();
                    break;
                case 2:
                    IsStopped = true;
                    Task.RequestStop();
                    break;
                case 3:
                    IsSlow = !IsSlow;
                    break;
            }
        }

        public void Read() => Received.AddRange(SchedulerRun.Read(Task));
    }

    private sealed class Throwing(int at) : ILogitProcessor
    {
        private int _calls;

        public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength)
        {
            if (++_calls == at)
            {
                throw new InvalidOperationException("boom");
            }
        }
    }
}
