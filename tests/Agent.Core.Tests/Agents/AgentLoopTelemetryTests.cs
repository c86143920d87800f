using System.Collections.Concurrent;
using System.Diagnostics;
using Agent.Core.Agents;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>Logs and traces: complete in names and numbers, empty of content.</summary>
public sealed class AgentLoopTelemetryTests
{
    private const string Private = "广州-PRIVATE";

    [Fact]
    public async Task Spans_nest_and_carry_no_content()
    {
        var agent = $"agent-{Guid.NewGuid():N}";
        ConcurrentBag<Activity> all = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == AgentTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = all.Add,
        };
        ActivitySource.AddActivityListener(listener);
        Activity? seenByModel = null;
        Activity? seenByModelLater = null;
        var client = new ScriptedChatClient(
            new ScriptedRound().Do(_ => { seenByModel = Activity.Current; return Task.CompletedTask; }).Text(Private)
                .Call("1", "good", new { q = Private }).Call("2", "bad").Usage(10, 2, 3),
            new ScriptedRound().Text("a").Do(_ => { seenByModelLater = Activity.Current; return Task.CompletedTask; }).Text("b").Usage(20, 3, 9));
        AITool[] tools = [AIFunctionFactory.Create((string q) => q, "good"), Tool("bad", () => throw new ToolException(Private))];

        await CollectAsync(new(client, new() { Name = agent }), new() { Tools = tools });

        var run = Assert.Single(all, a => a.OperationName == $"invoke_agent {agent}");
        var spans = all.Where(a => a.TraceId == run.TraceId && a != run).OrderBy(a => a.OperationName, StringComparer.Ordinal).ToList();
        Assert.Equal(["execute_tool bad", "execute_tool good"], spans.Select(s => s.OperationName));
        Assert.All(spans, s => Assert.Equal(run.SpanId, s.ParentSpanId));
        Assert.Equal((ActivityStatusCode.Error, "ToolError"), (spans[0].Status, spans[0].GetTagItem("error.type")));
        Assert.Equal(("good", "1"), (spans[1].GetTagItem("gen_ai.tool.name"), spans[1].GetTagItem("gen_ai.tool.call.id")));
        Assert.Equal(
            (30L, 5L, 12L, "Completed", 2),
            (run.GetTagItem("gen_ai.usage.input_tokens"), run.GetTagItem("gen_ai.usage.output_tokens"),
                run.GetTagItem("gen_ai.usage.cache_read.input_tokens"), run.GetTagItem("agent.finish_reason"), run.GetTagItem("agent.rounds")));
        Assert.Same(run, seenByModel);
        Assert.Same(run, seenByModelLater);
        Assert.DoesNotContain(
            spans.Append(run).SelectMany(s => s.TagObjects), t => t.Value!.ToString()!.Contains("PRIVATE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Content_is_logged_at_trace_only()
    {
        var logger = new RecordingLogger(LogLevel.Trace);
        var client = new ScriptedChatClient(
            new ScriptedRound().Text(Private).Call("1", "echo", new { q = Private + "\n" }).Call("2", "x\r\nFAKE"), new ScriptedRound().Text(Private));

        await CollectAsync(new(client, logger: logger), new() { Tools = [AIFunctionFactory.Create((string q) => q, "echo")] });

        Assert.All(
            logger.Entries.Where(e => e.Level > LogLevel.Trace),
            e => Assert.DoesNotContain("PRIVATE", e.Message, StringComparison.Ordinal));
        Assert.Contains(logger.Entries, e => e.Level == LogLevel.Trace && e.Message.Contains("\"q\":\"广州-PRIVATE\\n\"", StringComparison.Ordinal));
        Assert.Contains(logger.Entries, e => e.Message == "Call of tool x\\u000d\\u000aFAKE was not carried out: UnknownTool.");
        Assert.Contains(logger.Entries, e => e.Level == LogLevel.Information && e.Message.StartsWith("Run finished: Completed after 2 rounds", StringComparison.Ordinal));
        Assert.All(logger.Entries, e => Assert.DoesNotContain('\n', e.Message));
    }
}
