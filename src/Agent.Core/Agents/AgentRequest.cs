using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>What one run may use. The loop reads it and never changes it.</summary>
public sealed record AgentRequest
{
    /// <summary>
    /// The tools offered to the model. An <see cref="AIFunction"/> runs inside the loop, where <see cref="IToolPolicy"/> or
    /// <see cref="ApprovalRequiredAIFunction"/> demands it only after a person agreed. An <see cref="AIFunctionDeclaration"/> without
    /// code goes back to the caller as <see cref="AgentFinished.PendingCalls"/>. Other tools are passed on to the client untouched.
    /// </summary>
    /// <value>Empty by default. Function names must be unique.</value>
    public IReadOnlyList<AITool> Tools { get; init; } = [];

    /// <summary>
    /// The options of each model call; cloned per call. <see cref="ChatOptions.Tools"/> must be empty, because
    /// <see cref="Tools"/> is the one list. A required <see cref="ChatOptions.ToolMode"/> holds for the first round and is
    /// automatic afterwards; <see cref="ChatToolMode.None"/> keeps every tool from running.
    /// </summary>
    /// <value>Null by default.</value>
    public ChatOptions? Options { get; init; }

    /// <summary>Whether text is forwarded while the model writes, or once per turn.</summary>
    /// <value>True by default.</value>
    public bool Streaming { get; init; } = true;

    /// <summary>The caps of this run, in place of those of the loop.</summary>
    /// <value>Null by default: <see cref="AgentLoopOptions.Limits"/>.</value>
    public AgentLimits? Limits { get; init; }

    /// <summary>
    /// A name of this run that no other run has, for the keys by which repeated calls are recognised
    /// (<see cref="ToolCallContext.IdempotencyKey"/>). Whoever carries out a run again after a crash gives the same name.
    /// </summary>
    /// <value>Null by default: a random one.</value>
    public string? RunId { get; init; }

    /// <summary>
    /// What the run remembers. Give the parts of one run, before and after it waited for a person, the same bag: then
    /// <see cref="AgentLimits"/> and the limits of its tools hold for all parts together (not counting the time between them), passages keep
    /// their numbers, and what was retrieved before the question is not retrieved anew. One part at a time may use it, and no other run.
    /// </summary>
    /// <value>Null by default: a bag of its own, so that a part that follows a restart begins to count anew.</value>
    public ToolRunState? RunState { get; init; }

    /// <summary>Services handed to tools as <see cref="AIFunctionArguments.Services"/>.</summary>
    /// <value>Null by default.</value>
    public IServiceProvider? Services { get; init; }
}
