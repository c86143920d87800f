namespace Agent.Core.Agents;

/// <summary>How far an <see cref="AgentRound"/> has come.</summary>
internal enum RoundStatus
{
    /// <summary>The model writes or tools run.</summary>
    Running,

    /// <summary>The model has ended, and its calls have.</summary>
    Ended,

    /// <summary>It was cut short, by the caller or by the time limit.</summary>
    Cancelled,
}
