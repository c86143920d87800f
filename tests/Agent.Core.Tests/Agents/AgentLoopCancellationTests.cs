using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Agent.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>Every way out of a run stops its tools and its model.</summary>
public sealed class AgentLoopCancellationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Caller_that_cancels_reaches_the_running_tool(bool streaming)
    {
        using var cancel = new CancellationTokenSource();
        var tool = new HangingTool();
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "hang"));

        var run = CollectAsync(new(client), new() { Tools = [tool.Function], Streaming = streaming }, cancel.Token);
        await tool.Started.WaitAsync(HangGuard);
        await cancel.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(HangGuard));
        Assert.Equal(cancel.Token, exception.CancellationToken);
        Assert.True(tool.Cancelled.IsCompleted);
        Assert.Equal(1, client.Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Caller_that_cancels_reaches_the_model(bool streaming)
    {
        using var cancel = new CancellationTokenSource();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = new ScriptedChatClient(
            new ScriptedRound().Text("a").Do(_ => { reached.SetResult(); return Task.CompletedTask; }).Hang());

        var run = CollectAsync(new(client), new() { Streaming = streaming }, cancel.Token);
        await reached.Task.WaitAsync(HangGuard);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(HangGuard));
        Assert.Equal(1, client.Ended);
    }

    [Fact]
    public async Task Token_of_the_enumeration_counts_too()
    {
        using var cancel = new CancellationTokenSource();
        var tool = new HangingTool();
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "hang"));

        var run = Task.Run(async () =>
        {
            await foreach (var next in new AgentLoop(client).RunAsync(Question, new() { Tools = [tool.Function] }).Guarded().WithCancellation(cancel.Token))
            {
                Assert.IsNotType<AgentFinished>(next);
            }
        });
        await tool.Started.WaitAsync(HangGuard);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(HangGuard));
        Assert.True(tool.Cancelled.IsCompleted);
    }

    [Fact]
    public async Task Run_cancelled_before_its_start_asks_nothing()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Text("x"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CollectAsync(new(client), new(), new(canceled: true)));

        Assert.Empty(client.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Leaving_the_enumeration_stops_tools_and_model(bool streaming)
    {
        var tool = new HangingTool();
        var round = new ScriptedRound().Call("1", "hang").Text("x");
        var client = new ScriptedChatClient(streaming ? round.Hang() : round);

        await foreach (var next in new AgentLoop(client).RunAsync(Question, new() { Tools = [tool.Function], Streaming = streaming }).Guarded())
        {
            if (next is AgentTextDelta)
            {
                await tool.Started.WaitAsync(HangGuard);
                break;
            }
        }

        Assert.True(tool.Cancelled.IsCompleted);
        Assert.Equal(1, client.Ended);
    }

    [Fact]
    public async Task Leaving_while_the_model_is_being_read_stops_that_read()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "now").Hang());

        await foreach (var next in new AgentLoop(client).RunAsync(Question, new() { Tools = [Tool("now", () => "noon")] }).Guarded())
        {
            if (next is AgentToolCallFinished)
            {
                break;
            }
        }

        Assert.Equal(1, client.Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_client_throws_leaves_the_run_as_it_is(bool streaming)
    {
        var tool = new HangingTool();
        var failure = new HttpRequestException("connection reset");
        var client = new ScriptedChatClient(
            new ScriptedRound().Call("1", "hang").Wait(streaming ? tool.Started : Task.CompletedTask).Throw(failure));

        var thrown = await Assert.ThrowsAsync<HttpRequestException>(
            () => CollectAsync(new(client), new() { Tools = [tool.Function], Streaming = streaming }).WaitAsync(HangGuard));

        Assert.Same(failure, thrown);
        Assert.Equal(streaming, tool.Cancelled.IsCompleted);
    }

    [Fact]
    public async Task Client_that_gives_up_by_itself_is_not_taken_for_the_callers_cancellation()
    {
        var client = new ScriptedChatClient(new ScriptedRound().Throw(new TaskCanceledException("own time-out")));

        var thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => CollectAsync(new(client), new()));

        Assert.Equal("own time-out", thrown.Message);
    }

    [Fact]
    public async Task Callback_that_throws_on_cancellation_breaks_nothing()
    {
        var logger = new RecordingLogger();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = Tool("t", async token =>
        {
            token.Register(() => throw new InvalidOperationException("callback"));
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return "";
        });
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "t").Text("x"));

        await foreach (var next in new AgentLoop(client, logger: logger).RunAsync(Question, new() { Tools = [tool] }).Guarded())
        {
            if (next is AgentTextDelta)
            {
                await started.Task.WaitAsync(HangGuard);
                break;
            }
        }

        Assert.Contains(logger.Entries, e => e.Message.StartsWith("A cancellation callback", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Callback_that_throws_at_the_time_limit_does_not_leave_the_timer()
    {
        var time = new ManualTimeProvider();
        var logger = new RecordingLogger();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = Tool("t", async token =>
        {
            token.Register(() => throw new InvalidOperationException("callback"));
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return "";
        });

        var run = CollectAsync(
            new(new ScriptedChatClient(new ScriptedRound().Call("1", "t")), logger: logger, timeProvider: time), new() { Tools = [tool] });
        await started.Task.WaitAsync(HangGuard);
        time.Advance(new AgentLimits().MaxDuration);
        var events = await run;

        Assert.Equal(AgentFinishReason.TimeLimit, events.OfType<AgentFinished>().Single().Reason);
        Assert.Contains(logger.Entries, e => e.Message.StartsWith("A cancellation callback", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Callback_that_blocks_holds_up_the_run_no_longer_than_the_grace()
    {
        using var release = new ManualResetEventSlim();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = Tool("t", async token =>
        {
            token.Register(() => { blocked.SetResult(); Assert.True(release.Wait(HangGuard)); });
            started.SetResult();
            await left.Task;
            return "";
        });
        var client = new ScriptedChatClient(new ScriptedRound().Call("1", "t").Text("x"));
        var request = new AgentRequest { Tools = [tool], Limits = new() { CancellationGrace = TimeSpan.Zero } };

        await foreach (var next in new AgentLoop(client).RunAsync(Question, request).Guarded())
        {
            if (next is AgentTextDelta)
            {
                await started.Task.WaitAsync(HangGuard);
                break;
            }
        }

        await blocked.Task.WaitAsync(HangGuard);
        release.Set();
        left.SetResult();
    }

    [Fact]
    public async Task Nothing_is_left_unobserved()
    {
        List<Exception> unobserved = [];
        void Note(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            // Other tests run at the same time; only this one throws this type.
            if (e.Exception.InnerExceptions.Any(i => i is MarkedException))
            {
                lock (unobserved)
                {
                    unobserved.Add(e.Exception);
                }
            }
        }

        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await FailInEveryWayAsync();
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Empty(unobserved);
    }

    private static async Task FailInEveryWayAsync()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var fails = Tool("fails", () => throw new MarkedException());
        var failsWhenCancelled = Tool("late", async token =>
        {
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => { }, TaskScheduler.Default);
            throw new MarkedException();
        });

        // The tools fail beside a model that fails, beside one that is left, and beside one that fails after it was left.
        AITool[] tools = [fails, failsWhenCancelled];
        ScriptedRound Calls() => new ScriptedRound().Call("1", "fails").Call("2", "late").Wait(started.Task);
        await Assert.ThrowsAsync<MarkedException>(
            () => CollectAsync(new(new ScriptedChatClient(Calls().Throw(new MarkedException()))), new() { Tools = tools }).WaitAsync(HangGuard));

        ScriptedRound[] left =
        [
            Calls().Text("x").Hang(),
            Calls().Text("x").Do(async token =>
            {
                await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => { }, TaskScheduler.Default);
                throw new MarkedException();
            }),
        ];
        foreach (var round in left)
        {
            await foreach (var next in new AgentLoop(new ScriptedChatClient(round)).RunAsync(Question, new() { Tools = tools }).Guarded())
            {
                if (next is AgentTextDelta)
                {
                    break;
                }
            }
        }
    }

    private sealed class MarkedException : Exception;

    private sealed class HangingTool
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HangingTool() => Function = Tool("hang", async token =>
        {
            _started.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            catch (OperationCanceledException)
            {
                _cancelled.SetResult();
                throw;
            }

            return "";
        });

        public AIFunction Function { get; }

        public Task Started => _started.Task;

        public Task Cancelled => _cancelled.Task;
    }
}
