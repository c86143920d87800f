namespace Agent.Core.Agents;

/// <summary>
/// Why a run ended. Cancellation by the caller is not among them: as everywhere in .NET it is an
/// <see cref="OperationCanceledException"/>.
/// </summary>
public enum AgentFinishReason
{
    /// <summary>The model answered.</summary>
    Completed,

    /// <summary>The model's answer was cut at the maximum number of output tokens.</summary>
    MaxOutputTokens,

    /// <summary>The service's content filter stopped the model. Tools of that turn were cancelled or not started.</summary>
    ContentFiltered,

    /// <summary>The model asked for tools that the caller carries out: see <see cref="AgentFinished.PendingCalls"/>.</summary>
    ToolCallsForCaller,

    /// <summary>A call waits for a person: see <see cref="AgentFinished.PendingApprovals"/>.</summary>
    ApprovalRequired,

    /// <summary>The model still asked for tools in the last of <see cref="AgentLimits.MaxRounds"/> rounds.</summary>
    RoundLimit,

    /// <summary><see cref="AgentLimits.MaxDuration"/> passed; model and tools were cancelled.</summary>
    TimeLimit,

    /// <summary>The model repeated one call beyond <see cref="AgentLimits.MaxRepeatedCalls"/> after it had been told not to.</summary>
    RepeatedCall,
}
