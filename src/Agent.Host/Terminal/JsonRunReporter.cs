using Agent.Core.Agents;

namespace Agent.Host.Terminal;

/// <summary>One event a line on standard output.</summary>
internal sealed class JsonRunReporter(JsonLines lines, TimeSpan loadTime) : IRunReporter
{
    public ValueTask BeginAsync() => ValueTask.CompletedTask;

    public ValueTask ReportAsync(AgentEvent next)
    {
        switch (next)
        {
            case AgentTextDelta delta:
                lines.Write("text", json => json.WriteString("delta"u8, delta.Text));
                break;
            case AgentPassagesInjected injected:
                lines.Write("passages", json => CitedSources.Write(json, injected));
                break;
            case AgentToolCallRequested call:
                lines.Write("tool_call", json =>
                {
                    json.WriteString("id"u8, call.CallId);
                    json.WriteString("name"u8, call.Name);
                    json.WritePropertyName("arguments"u8);
                    call.Arguments.WriteTo(json);
                });
                break;
            case AgentApprovalRequested approval:
                lines.Write("approval_request", json =>
                {
                    json.WriteString("id"u8, approval.Request.RequestId);
                    json.WriteString("call_id"u8, approval.Call.CallId);
                    json.WriteString("name"u8, approval.Call.Name);
                });
                break;
            case AgentToolCallFinished result:
                lines.WriteToolResult(result.CallId, result.Name, result.Succeeded, result.Duration, result.Content);
                break;
            case AgentFinished finished:
                Write(finished);
                break;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask FailAsync(FailureReport failure)
    {
        failure.WriteTo(lines);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Write(AgentFinished finished) => lines.Write("done", json =>
    {
        json.WriteString("finish_reason"u8, RunEnd.NameOf(finished.Reason));
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, finished.Usage.InputTokenCount ?? 0);
        json.WriteNumber("cached_tokens"u8, finished.Usage.CachedInputTokenCount ?? 0);
        json.WriteNumber("completion_tokens"u8, finished.Usage.OutputTokenCount ?? 0);
        json.WriteEndObject();
        json.WriteStartObject("timings"u8);
        JsonLines.WriteMilliseconds(json, "load_ms", loadTime);
        JsonLines.WriteMilliseconds(json, "total_ms", finished.Duration);
        JsonLines.WriteMilliseconds(json, "time_to_first_token_ms", finished.Timings.TimeToFirstToken);
        JsonLines.WriteMilliseconds(json, "model_ms", finished.Timings.ModelTime);
        JsonLines.WriteMilliseconds(json, "tool_ms", finished.Timings.ToolTime);
        JsonLines.WriteRate(json, "prefill_tokens_per_second", TokenSpeed.Prefill(finished));
        JsonLines.WriteRate(json, "decode_tokens_per_second", TokenSpeed.Decode(finished));
        json.WriteEndObject();
        CitedSources.Write(json, finished);
    });
}
