using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

public sealed class AgentLoopParallelTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Calls_of_one_turn_run_at_the_same_time(bool streaming)
    {
        var first = Signal();
        var second = Signal();
        AITool[] tools =
        [
            Tool("first", async token => { first.SetResult(); await second.Task.WaitAsync(token); return "1st"; }),
            Tool("second", async token => { second.SetResult(); await first.Task.WaitAsync(token); return "2nd"; }),
        ];
        var client = new ScriptedChatClient(new ScriptedRound().Call("a", "first").Call("b", "second"), new ScriptedRound().Text("ok"));

        var (_, finished) = await RunAsync(client, streaming, tools);

        Assert.Equal([("a", "1st"), ("b", "2nd")], Results(finished));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Results_keep_the_order_of_the_calls_when_the_second_ends_first(bool streaming)
    {
        var secondReported = Signal();
        AITool[] tools =
        [
            Tool("slow", async token => { await secondReported.Task.WaitAsync(token); return "slow"; }),
            Tool("fast", () => "fast"),
        ];
        var client = new ScriptedChatClient(new ScriptedRound().Call("a", "slow").Call("b", "fast"), new ScriptedRound().Text("ok"));

        List<AgentEvent> events = [];
        await foreach (var next in new AgentLoop(client).RunAsync(Question, new() { Tools = tools, Streaming = streaming }).Guarded())
        {
            events.Add(next);
            if (next is AgentToolCallFinished { CallId: "b" })
            {
                secondReported.SetResult();
            }
        }

        AssertConsistent(events);
        Assert.Equal(["b", "a"], events.OfType<AgentToolCallFinished>().Select(e => e.CallId));
        Assert.Equal([("a", "slow"), ("b", "fast")], Results(events.OfType<AgentFinished>().Single()));
    }

    [Fact]
    public async Task Tool_ends_and_is_reported_while_the_model_still_writes()
    {
        var reported = Signal();
        var client = new ScriptedChatClient(
            new ScriptedRound().Call("a", "now").Wait(reported.Task).Text("still writing"), new ScriptedRound().Text("."));

        List<AgentEvent> events = [];
        await foreach (var next in new AgentLoop(client).RunAsync(Question, new() { Tools = [Tool("now", () => "noon")] }).Guarded())
        {
            events.Add(next);
            if (next is AgentToolCallFinished)
            {
                reported.SetResult();
            }
        }

        AssertConsistent(events);
        Assert.Equal(
            [typeof(AgentToolCallRequested), typeof(AgentToolCallFinished), typeof(AgentTextDelta), typeof(AgentTextDelta), typeof(AgentFinished)],
            events.Select(e => e.GetType()));
    }

    [Fact]
    public async Task Tool_that_blocks_its_thread_holds_up_neither_stream_nor_other_tools()
    {
        using var release = new ManualResetEventSlim();
        AITool[] tools =
        [
            Tool("blocks", () => { Assert.True(release.Wait(HangGuard)); return "1"; }),
            Tool("releases", () => { release.Set(); return "2"; }),
        ];
        var client = new ScriptedChatClient(new ScriptedRound().Call("a", "blocks").Call("b", "releases"), new ScriptedRound().Text("ok"));

        var (_, finished) = await RunAsync(client, streaming: true, tools);

        Assert.Equal([("a", "1"), ("b", "2")], Results(finished));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_than_the_permitted_calls_run_at_once(int maximum)
    {
        var running = 0;
        var most = 0;
        var full = Signal();
        var gate = Signal();
        var tool = Tool("count", async token =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            if (now == maximum)
            {
                full.TrySetResult();
            }

            await gate.Task.WaitAsync(token);
            Interlocked.Decrement(ref running);
            return "x";
        });
        var round = new ScriptedRound();
        for (var i = 0; i < 9; i++)
        {
            round.Call($"c{i}", "count", new { i });
        }

        var run = RunAsync(
            new ScriptedChatClient(round, new ScriptedRound().Text("ok")), streaming: true, [tool], new() { MaxParallelToolCalls = maximum });
        await full.Task.WaitAsync(HangGuard);
        gate.SetResult();
        var (_, finished) = await run;

        Assert.Equal(maximum, most);
        Assert.Equal(9, Results(finished).Count);
    }

    [Fact]
    public async Task Waiting_calls_start_in_call_order()
    {
        List<int> started = [];
        var tool = AIFunctionFactory.Create((int i) => { lock (started) { started.Add(i); } }, "count");
        var round = new ScriptedRound();
        for (var i = 0; i < 12; i++)
        {
            round.Call($"c{i}", "count", new { i });
        }

        await RunAsync(
            new ScriptedChatClient(round, new ScriptedRound().Text("ok")), streaming: false, [tool], new() { MaxParallelToolCalls = 1 });

        Assert.Equal(Enumerable.Range(0, 12), started);
    }

    [Fact]
    public async Task Nothing_is_read_from_the_model_ahead_of_demand()
    {
        var read = 0;
        var round = new ScriptedRound();
        for (var i = 0; i < 5; i++)
        {
            round.Do(_ => { read++; return Task.CompletedTask; }).Text("x");
        }

        var enumerator = new AgentLoop(new ScriptedChatClient(round)).RunAsync(Question, new()).GetAsyncEnumerator();
        for (var i = 1; i <= 5; i++)
        {
            Assert.True(await enumerator.MoveNextAsync());
            Assert.Equal(i, read);
        }

        await enumerator.DisposeAsync();
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
