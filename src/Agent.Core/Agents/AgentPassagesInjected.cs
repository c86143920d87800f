namespace Agent.Core.Agents;

/// <summary>Retrieved passages were added to what the model reads.</summary>
/// <param name="Passages">The passages, in the order of their numbers.</param>
public sealed record AgentPassagesInjected(IReadOnlyList<AgentPassage> Passages) : AgentEvent;
