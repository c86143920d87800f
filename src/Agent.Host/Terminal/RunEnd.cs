using Agent.Core.Agents;
using Agent.Host.Configuration;

namespace Agent.Host.Terminal;

/// <summary>The reasons for which runs end, in the words of the JSON events and of the terminal.</summary>
internal static class RunEnd
{
    /// <summary>The <c>finish_reason</c> of the JSON events.</summary>
    public static string NameOf(AgentFinishReason reason) => reason switch
    {
        AgentFinishReason.Completed => "stop",
        AgentFinishReason.MaxOutputTokens => "length",
        AgentFinishReason.ContentFiltered => "content_filter",
        AgentFinishReason.ToolCallsForCaller => "tool_calls",
        AgentFinishReason.ApprovalRequired => "approval_required",
        AgentFinishReason.RoundLimit => "round_limit",
        AgentFinishReason.TimeLimit => "time_limit",
        AgentFinishReason.RepeatedCall => "repeated_call",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "This finish reason has no name yet."),
    };

    /// <summary>What a person should know of the end; null where the model answered.</summary>
    public static string? Explain(AgentFinishReason reason, AgentLimits limits) => reason switch
    {
        AgentFinishReason.Completed => null,
        AgentFinishReason.MaxOutputTokens => "The answer was cut: the context is full, or Agent:Model:MaxOutputTokens is reached.",
        AgentFinishReason.ContentFiltered => "The answer was stopped by a content filter.",
        AgentFinishReason.ToolCallsForCaller => "The model called a tool that this program cannot carry out.",
        AgentFinishReason.ApprovalRequired => "Stopped: a tool call needs your approval. Run it on a terminal without --json to be asked, or with --approve to agree beforehand.",
        AgentFinishReason.RoundLimit => $"Stopped: the model still asked for tools after {limits.MaxRounds} rounds (Agent:Loop:MaxRounds).",
        AgentFinishReason.TimeLimit => $"Stopped: the run took longer than {DurationValue.Format(limits.MaxDuration)} (Agent:Loop:MaxDuration).",
        AgentFinishReason.RepeatedCall => $"Stopped: the model repeated one tool call more than {limits.MaxRepeatedCalls} times (Agent:Loop:MaxRepeatedCalls).",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "This finish reason has no words yet."),
    };
}
