using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Agent.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>Rounds, calls per turn, repetitions and time.</summary>
public sealed class AgentLoopLimitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Last_round_is_asked_without_tools_and_may_complete(bool streaming)
    {
        var client = new ScriptedChatClient(i => i < 2 ? R().Call($"c{i}", "t", new { i }) : R().Text("with what I have"));

        var (events, finished) = await RunAsync(client, streaming, [Counter(out _)], new() { MaxRounds = 3 });

        Assert.Equal(AgentFinishReason.Completed, finished.Reason);
        Assert.Equal("with what I have", Text(events));
        Assert.Equal([null, null, ChatToolMode.None], client.Requests.Select(r => r.Options!.ToolMode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_in_the_last_round_are_answered_but_not_carried_out(bool streaming)
    {
        var client = new ScriptedChatClient(i => R().Text("x").Call($"a{i}", "t", new { i }).Call($"b{i}", "outside"));
        AITool[] tools = [Counter(out var count), Tool("outside", () => "").AsDeclarationOnly()];

        var (events, finished) = await RunAsync(client, streaming, tools, new() { MaxRounds = 1 });

        Assert.Equal(AgentFinishReason.RoundLimit, finished.Reason);
        Assert.Equal(0, count());
        Assert.Empty(finished.PendingCalls);
        Assert.All(events.OfType<AgentToolCallFinished>(), e => Assert.Equal(ToolFailureKind.NotExecuted, e.Failure));
        Assert.Equal(2, Results(finished).Count);
    }

    [Fact]
    public async Task Endless_caller_is_stopped_at_the_default_of_eight_rounds()
    {
        var client = new ScriptedChatClient(i => R().Call($"c{i}", "t", new { i }));

        var (_, finished) = await RunAsync(client, streaming: true, [Counter(out var count)]);

        Assert.Equal((AgentFinishReason.RoundLimit, 8, 7), (finished.Reason, finished.Rounds, count()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_beyond_the_cap_of_a_turn_are_refused(bool streaming)
    {
        var round = R();
        for (var i = 0; i < 5; i++)
        {
            round.Call($"c{i}", "t", new { i });
        }

        var (events, finished) = await RunAsync(
            new ScriptedChatClient(round, R().Text("ok")), streaming, [Counter(out var count)], new() { MaxToolCallsPerRound = 3 });

        Assert.Equal(3, count());
        Assert.Equal(5, Results(finished).Count);
        Assert.All(
            events.OfType<AgentToolCallFinished>().Where(e => !e.Succeeded),
            e => Assert.Equal((ToolFailureKind.TooManyCalls, ToolResultTexts.Error(ToolResultTexts.TooManyCalls(3))), (e.Failure!.Value, e.Content)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Same_call_runs_twice_is_refused_once_and_then_ends_the_run(bool streaming)
    {
        var client = new ScriptedChatClient(i => i % 2 == 0
            ? R().Call($"c{i}", "t", new { a = 1, b = new { x = 1, y = 2 } })
            : R().Call($"c{i}", "t", new { b = new { y = 2, x = 1 }, a = 1 }));

        var (events, finished) = await RunAsync(client, streaming, [Counter(out var count)]);

        Assert.Equal((AgentFinishReason.RepeatedCall, 4, 2), (finished.Reason, finished.Rounds, count()));
        Assert.Equal(
            [null, null, ToolFailureKind.RepeatedCall, ToolFailureKind.RepeatedCall],
            events.OfType<AgentToolCallFinished>().Select(e => e.Failure));
        Assert.Contains("already made 2 times", Results(finished)[2].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_that_heeds_the_refusal_completes()
    {
        var client = new ScriptedChatClient(i => i < 3 ? R().Call($"c{i}", "t") : R().Text("got it"));

        var (events, finished) = await RunAsync(client, streaming: true, [Counter(out var count)]);

        Assert.Equal((AgentFinishReason.Completed, 2, "got it"), (finished.Reason, count(), Text(events)));
    }

    [Fact]
    public async Task Other_arguments_or_another_tool_are_no_repetition()
    {
        var client = new ScriptedChatClient(i => i < 6 ? R().Call($"a{i}", "t", new { i = i / 2 }).Call($"b{i}", "u", new { i = i / 2 }) : R().Text("ok"));

        var (events, finished) = await RunAsync(client, streaming: true, [Counter(out var count), Counter(out _, "u")]);

        Assert.Equal((AgentFinishReason.Completed, 6), (finished.Reason, count()));
        Assert.All(events.OfType<AgentToolCallFinished>(), e => Assert.True(e.Succeeded));
    }

    [Fact]
    public async Task Repetition_within_one_turn_lets_the_other_calls_end_and_answers_those_of_the_caller()
    {
        var client = new ScriptedChatClient(
            R().Call("1", "t").Call("2", "t").Call("3", "t").Call("4", "t").Call("5", "t", new { x = 1 }).Call("6", "outside"));
        AITool[] tools = [Counter(out var count), Tool("outside", () => "").AsDeclarationOnly()];

        var (events, finished) = await RunAsync(client, streaming: true, tools);

        Assert.Equal((AgentFinishReason.RepeatedCall, 3), (finished.Reason, count()));
        Assert.Equal(ToolFailureKind.NotExecuted, events.OfType<AgentToolCallFinished>().Single(e => e.CallId == "6").Failure);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Time_limit_cancels_a_running_tool_and_keeps_what_is_done(bool streaming)
    {
        var time = new ManualTimeProvider();
        var started = Signal();
        AITool[] tools =
        [
            Tool("quick", () => "done"),
            Tool("slow", async token => { started.SetResult(); await Task.Delay(Timeout.Infinite, token); return ""; }),
            Tool("outside", () => "").AsDeclarationOnly(),
        ];
        var client = new ScriptedChatClient(R().Text("hm").Call("1", "quick").Call("3", "outside").Call("2", "slow"));

        var seen = 0;
        List<AgentEvent> events = [];
        await foreach (var next in new AgentLoop(client, timeProvider: time).RunAsync(Question, new() { Tools = tools, Streaming = streaming }).Guarded())
        {
            events.Add(next);
            if (next is AgentToolCallFinished { CallId: "1" } or AgentToolCallRequested { CallId: "2" } && ++seen == 2)
            {
                await started.Task.WaitAsync(HangGuard);
                time.Advance(Limit);
            }
        }

        AssertConsistent(events);
        var finished = events.OfType<AgentFinished>().Single();
        Assert.Equal("done", Results(finished)[0].Content);
        var ends = events.OfType<AgentToolCallFinished>().ToDictionary(e => e.CallId);
        Assert.Equal(ToolFailureKind.Cancelled, ends["2"].Failure);
        Assert.Equal(ToolResultTexts.Error(ToolResultTexts.TimeLimit), ends["2"].Content);
        Assert.Equal(Limit, ends["2"].Duration);

        Assert.Equal(ToolFailureKind.NotExecuted, ends["3"].Failure);
        Assert.Equal(AgentFinishReason.TimeLimit, finished.Reason);
        Assert.Equal((Limit, Limit), (finished.Duration, finished.Timings.ToolTime));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Time_limit_stops_a_model_that_hangs_and_keeps_the_text_so_far(bool streaming)
    {
        var time = new ManualTimeProvider();
        var reached = Signal();
        var client = new ScriptedChatClient(
            R().Text("half").Usage(5, 1).Do(_ => { reached.SetResult(); return Task.CompletedTask; }).Hang());

        var run = RunAsync(client, streaming, [], time: time);
        await reached.Task.WaitAsync(HangGuard);
        time.Advance(Limit);
        var (events, finished) = await run;

        Assert.Equal(AgentFinishReason.TimeLimit, finished.Reason);
        Assert.Equal(streaming ? "half" : "", Text(events));
        Assert.Equal(streaming ? 5 : null, finished.Usage.InputTokenCount);
        Assert.Equal(1, client.Ended);
    }

    [Fact]
    public async Task Time_limit_between_rounds_starts_no_further_round()
    {
        var time = new ManualTimeProvider();
        var tool = Tool("t", () => { time.Advance(Limit); return "late but done"; });
        var client = new ScriptedChatClient(R().Call("1", "t"));

        var (_, finished) = await RunAsync(client, streaming: true, [tool], time: time);

        Assert.Equal((AgentFinishReason.TimeLimit, 1), (finished.Reason, finished.Rounds));
        Assert.Equal("late but done", Results(finished).Single().Content);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Time_limit_at_the_end_of_a_mixed_turn_leaves_no_call_to_the_caller(bool streaming)
    {
        var time = new ManualTimeProvider();
        ScriptedChatClient? client = null;
        var tool = Tool("t", async token => { await client!.FirstEnded.WaitAsync(HangGuard, token); time.Advance(Limit); return "late but done"; });
        client = new(R().Call("1", "outside").Call("2", "t"));

        var (_, finished) = await RunAsync(client, streaming, [tool, Tool("outside", () => "").AsDeclarationOnly()], time: time);

        Assert.Equal(AgentFinishReason.TimeLimit, finished.Reason);
        Assert.Empty(finished.PendingCalls);
    }

    [Fact]
    public async Task Whole_response_cut_at_the_time_limit_keeps_what_was_reported_and_its_full_cost()
    {
        var time = new ManualTimeProvider();
        var client = new ScriptedChatClient(
            R().Update(new(ChatRole.Assistant, "a") { MessageId = "m1" })
                .Update(new(ChatRole.Assistant, [ScriptedRound.CallContent("1", "t")]) { MessageId = "m2" }).Usage(5, 1));

        List<AgentEvent> events = [];
        await foreach (var next in new AgentLoop(client, timeProvider: time).RunAsync(Question, new() { Tools = [Counter(out _)], Streaming = false }).Guarded())
        {
            events.Add(next);
            if (next is AgentTextDelta)
            {
                time.Advance(Limit);
            }
        }

        AssertConsistent(events);
        var finished = events.OfType<AgentFinished>().Single();
        Assert.Equal((AgentFinishReason.TimeLimit, 5), (finished.Reason, finished.Usage.InputTokenCount));
        Assert.Equal("a", Assert.Single(finished.NewMessages).Text);
    }

    [Fact]
    public async Task Time_limit_holds_against_a_tool_that_ignores_cancellation()
    {
        var time = new ManualTimeProvider();
        var logger = new RecordingLogger();
        var started = Signal();
        var never = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = Tool("stubborn", async _ => { started.SetResult(); return await never.Task; });
        var client = new ScriptedChatClient(R().Call("1", "stubborn"));

        var run = CollectAsync(new(client, logger: logger, timeProvider: time), new() { Tools = [tool] });
        await started.Task.WaitAsync(HangGuard);
        var graceStarted = time.NextTimerSet;
        time.Advance(Limit);
        await graceStarted.WaitAsync(HangGuard);
        Assert.False(run.IsCompleted);
        time.Advance(new AgentLimits().CancellationGrace);
        var events = await run.WaitAsync(HangGuard);

        AssertConsistent(events);
        Assert.Equal(AgentFinishReason.TimeLimit, events.OfType<AgentFinished>().Single().Reason);
        Assert.Equal(ToolFailureKind.Cancelled, events.OfType<AgentToolCallFinished>().Single().Failure);
        Assert.Contains(logger.Entries, e => e.Message.StartsWith("Tool stubborn did not stop within 00:00:02", StringComparison.Ordinal));

        var ended = logger.When("no longer awaited, ended");
        never.SetResult("too late");
        await ended.WaitAsync(HangGuard);
        Assert.DoesNotContain(events.OfType<AgentFinished>().Single().NewMessages, m => m.Text.Contains("too late", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Time_limit_holds_against_a_model_that_ignores_cancellation(bool streaming)
    {
        var time = new ManualTimeProvider();
        var started = Signal();
        var release = Signal();
        var client = new ScriptedChatClient(
            R().Text("a").Do(_ => { started.SetResult(); return Task.CompletedTask; }).WaitStubbornly(release.Task).Text("b"));

        var run = RunAsync(client, streaming, [], new() { CancellationGrace = TimeSpan.Zero }, time);
        await started.Task.WaitAsync(HangGuard);
        time.Advance(Limit);
        var (events, finished) = await run;

        Assert.Equal(AgentFinishReason.TimeLimit, finished.Reason);
        Assert.Equal(streaming ? "a" : "", Text(events));
        Assert.Equal(0, client.Ended);
        release.SetResult();
        await client.FirstEnded.WaitAsync(HangGuard);
    }

    [Fact]
    public async Task Timings_tell_model_and_tools_apart()
    {
        var time = new ManualTimeProvider();
        var tool = Tool("t", () => { time.Advance(TimeSpan.FromSeconds(5)); return "x"; });
        Task Takes(double seconds)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            return Task.CompletedTask;
        }

        var client = new ScriptedChatClient(
            R().Do(_ => Takes(1)).Call("1", "t"),
            R().Do(_ => Takes(2)).Text("a").Do(_ => Takes(3)).Text("b"));

        // Not streamed, so that the model's time and the tool's do not overlap.
        var (events, finished) = await RunAsync(client, streaming: false, [tool], time: time);

        Assert.Equal(TimeSpan.FromSeconds(5), events.OfType<AgentToolCallFinished>().Single().Duration);
        Assert.Equal(TimeSpan.FromSeconds(11), finished.Duration);
        Assert.Equal(
            new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(5)), finished.Timings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_filter_stops_the_tools_of_the_turn(bool streaming)
    {
        var cancelled = Signal();
        var started = Signal();
        var tool = Tool("slow", async token =>
        {
            started.TrySetResult();
            using var registration = token.Register(() => cancelled.TrySetResult());
            await Task.Delay(Timeout.Infinite, token);
            return "";
        });

        // Whole responses come with their finish reason, so the tool is never started there.
        var round = R().Text("x").Call("1", "slow");
        round = streaming ? round.Wait(started.Task) : round;
        var client = new ScriptedChatClient(round.Update(new() { FinishReason = ChatFinishReason.ContentFilter }).Call("2", "slow").Usage(3, 2));

        var (events, finished) = await RunAsync(client, streaming, [tool]);

        Assert.Equal(AgentFinishReason.ContentFiltered, finished.Reason);
        Assert.Equal(streaming, started.Task.IsCompleted);
        Assert.Equal(streaming, cancelled.Task.IsCompleted);
        Assert.All(Results(finished), r => Assert.Equal(ToolResultTexts.Error(ToolResultTexts.ContentFiltered), r.Content));
        Assert.Equal(2, Results(finished).Count);
        Assert.Equal(3, finished.Usage.InputTokenCount);
        Assert.Equal("x", Text(events));
    }

    private static ScriptedRound R() => new();

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static AIFunction Counter(out Func<int> count, string name = "t")
    {
        var calls = 0;
        count = () => calls;
        return RawTool(name, (_, _) => new($"result {Interlocked.Increment(ref calls)}"));
    }
}
