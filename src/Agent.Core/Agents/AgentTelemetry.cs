using System.Diagnostics;

namespace Agent.Core.Agents;

/// <summary>The names under which runs and tool calls are traced (OpenTelemetry GenAI conventions).</summary>
/// <remarks>Spans hold names, counts and kinds of failure; never messages, arguments or results.</remarks>
public static class AgentTelemetry
{
    /// <summary>The activity source to listen to.</summary>
    public const string SourceName = "Agent";

    internal const string InvokeAgent = "invoke_agent";
    internal const string ExecuteTool = "execute_tool";

    internal const string OperationName = "gen_ai.operation.name";
    internal const string AgentName = "gen_ai.agent.name";
    internal const string ToolName = "gen_ai.tool.name";
    internal const string ToolCallId = "gen_ai.tool.call.id";
    internal const string InputTokens = "gen_ai.usage.input_tokens";
    internal const string OutputTokens = "gen_ai.usage.output_tokens";
    internal const string CachedInputTokens = "gen_ai.usage.cache_read.input_tokens";
    internal const string FinishReason = "agent.finish_reason";
    internal const string Rounds = "agent.rounds";
    internal const string ErrorType = "error.type";

    internal static readonly ActivitySource Source = new(SourceName);
}
