using System.Runtime.CompilerServices;
using System.Text.Json;
using Agent.Core.Agents;
using Microsoft.Extensions.AI;

namespace Agent.Core.Tests.Agents;

/// <summary>What the tests of the loop share: running it, and what must hold for every transcript.</summary>
internal static class AgentLoopHarness
{
    /// <summary>Turns a hang into a failure; nothing waits this long when all is well.</summary>
    public static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    public static readonly ChatMessage[] Question = [new(ChatRole.User, "question")];

    /// <summary>The same events; a step that hangs fails.</summary>
    public static async IAsyncEnumerable<AgentEvent> Guarded(
        this IAsyncEnumerable<AgentEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var enumerator = events.GetAsyncEnumerator(cancellationToken);
        var left = true;
        try
        {
            while (true)
            {
                left = false;
                var more = await enumerator.MoveNextAsync().AsTask().WaitAsync(HangGuard, CancellationToken.None);
                left = true;
                if (!more)
                {
                    break;
                }

                yield return enumerator.Current;
            }
        }
        finally
        {
            // A step that threw has ended the enumeration; one that hangs cannot be disposed of.
            if (left)
            {
                await enumerator.DisposeAsync().AsTask().WaitAsync(HangGuard, CancellationToken.None);
            }
        }
    }

    public static async Task<List<AgentEvent>> CollectAsync(
        AgentLoop loop, AgentRequest request, CancellationToken cancellationToken = default)
    {
        List<AgentEvent> events = [];
        await foreach (var next in loop.RunAsync(Question, request, cancellationToken).Guarded(CancellationToken.None))
        {
            events.Add(next);
        }

        return events;
    }

    public static async Task<(List<AgentEvent> Events, AgentFinished Finished)> RunAsync(
        IChatClient client, bool streaming, IReadOnlyList<AITool> tools, AgentLimits? limits = null, TimeProvider? time = null)
    {
        var loop = new AgentLoop(client, timeProvider: time);
        var events = await CollectAsync(loop, new() { Tools = tools, Streaming = streaming, Limits = limits });
        var finished = Assert.IsType<AgentFinished>(events[^1]);
        Assert.Single(events.OfType<AgentFinished>());
        AssertConsistent(events);
        return (events, finished);
    }

    public static AIFunction Tool(string name, Func<string> body) => AIFunctionFactory.Create(body, name);

    public static AIFunction Tool(string name, Func<CancellationToken, Task<string>> body) => AIFunctionFactory.Create(body, name);

    /// <summary>A tool with a code part of its own and any schema.</summary>
    public static AIFunction RawTool(
        string name, Func<AIFunctionArguments, CancellationToken, ValueTask<object?>> body, string schema = """{"type":"object"}""") =>
        new RawFunction(name, body, JsonElement.Parse(schema));

    public static string Text(IEnumerable<AgentEvent> events) => string.Concat(events.OfType<AgentTextDelta>().Select(d => d.Text));

    public static IReadOnlyList<(string CallId, string Content)> Results(AgentFinished finished) =>
        [.. finished.NewMessages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => (r.CallId, (string)r.Result!))];

    /// <summary>
    /// Every call has exactly one result after it, in call order and in one message, or is pending; events tell the same.
    /// </summary>
    public static void AssertConsistent(IReadOnlyList<AgentEvent> events)
    {
        var finished = events.OfType<AgentFinished>().Single();
        var messages = finished.NewMessages;
        List<string> answered = [];
        List<string> asked = [];
        for (var i = 0; i < messages.Count; i++)
        {
            Assert.NotEmpty(messages[i].Contents);
            var results = messages[i].Contents.OfType<FunctionResultContent>().Select(r => r.CallId).ToList();
            if (messages[i].Role != ChatRole.Tool)
            {
                Assert.Empty(results);
                asked.AddRange(Calls(messages[i]));
                continue;
            }

            Assert.NotEqual(0, i);
            Assert.Equal(messages[i].Contents.Count, results.Count);
            Assert.Equal(asked.Except(answered).Where(id => !Pending(finished, id)), results);
            answered.AddRange(results);
        }

        Assert.Equal(asked.Count, asked.Distinct().Count());
        Assert.Equal(asked.Where(id => !Pending(finished, id)), answered);
        Assert.Equal(asked.Where(id => Pending(finished, id)), asked.Except(answered));
        Assert.Equal(asked, events.OfType<AgentToolCallRequested>().Select(e => e.CallId));
        Assert.Equal(answered.Order(), events.OfType<AgentToolCallFinished>().Select(e => e.CallId).Order());
        Assert.All(events.OfType<AgentToolCallFinished>(), e => Assert.Equal(e.Succeeded, e.Failure is null));
        Assert.Equal(
            events.OfType<AgentToolCallFinished>().OrderBy(e => answered.IndexOf(e.CallId)).Select(e => (e.CallId, e.Content)),
            Results(finished));
        Assert.Equal(
            string.Concat(messages.Where(m => m.Role == ChatRole.Assistant).Select(m => m.Text)), Text(events));
    }

    private static IEnumerable<string> Calls(ChatMessage message) =>
        message.Contents.OfType<FunctionCallContent>().Where(c => !c.InformationalOnly).Select(c => c.CallId);

    private static bool Pending(AgentFinished finished, string callId) =>
        finished.PendingCalls.Any(c => c.CallId == callId) || finished.PendingApprovals.Any(a => a.ToolCall.CallId == callId);

    private sealed class RawFunction(
        string name, Func<AIFunctionArguments, CancellationToken, ValueTask<object?>> body, JsonElement schema) : AIFunction
    {
        public override string Name => name;

        public override JsonElement JsonSchema => schema;

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
            body(arguments, cancellationToken);
    }
}
