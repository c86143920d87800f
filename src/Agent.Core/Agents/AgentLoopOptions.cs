using Agent.Core.Retrieval.Injection;

namespace Agent.Core.Agents;

/// <summary>What all runs of one <see cref="AgentLoop"/> share. Immutable.</summary>
public sealed record AgentLoopOptions
{
    /// <summary>The agent's name in traces.</summary>
    /// <value><c>agent</c> by default.</value>
    public string Name { get; init; } = "agent";

    /// <summary>The caps of a run that brings none of its own.</summary>
    /// <value>The defaults of <see cref="AgentLimits"/>.</value>
    public AgentLimits Limits { get; init; } = new();

    /// <summary>
    /// Wraps the one place through which every tool execution passes, e.g. to ask for approval, keep a ledger or mask
    /// secrets. Called once, when the loop is created; the argument is the invoker that calls the function itself.
    /// </summary>
    /// <value>Null by default: functions are called directly.</value>
    public Func<IToolInvoker, IToolInvoker>? DecorateToolInvoker { get; init; }

    /// <summary>
    /// Hides secrets in the arguments and results of <see cref="AgentToolCallRequested"/>, <see cref="AgentToolCallFinished"/> and of the
    /// log. What the model reads, what tools are given, and what a person is asked to approve stay as they are.
    /// </summary>
    /// <value>Null by default: nothing is hidden.</value>
    public ITextMask? Mask { get; init; }

    /// <summary>
    /// Finds passages for the question of each run and puts them before the model, for that run only. A run that is continued after an
    /// approval retrieves again for the same question; one that gets no question, because a service keeps the history, retrieves nothing.
    /// </summary>
    /// <value>Null by default: questions are put as they are.</value>
    public PassageInjector? Passages { get; init; }
}
