namespace Agent.Host.Composition;

/// <summary>The model or the native library cannot be used. The message names the thing and the fix.</summary>
/// <param name="stage">What failed: <see cref="AgentLoadStage.Library"/>, <see cref="AgentLoadStage.Model"/> or <see cref="AgentLoadStage.Engine"/>.</param>
/// <param name="message">What is wrong and how to mend it.</param>
/// <param name="innerException">The cause, if another exception is.</param>
internal sealed class AgentStartException(AgentLoadStage stage, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What failed.</summary>
    public AgentLoadStage Stage { get; } = stage;
}
