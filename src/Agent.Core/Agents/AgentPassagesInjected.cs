namespace Agent.Core.Agents;

/// <summary>Passages were retrieved for the question and added to what the model reads.</summary>
/// <param name="Passages">The passages, in the order of their numbers; empty where nothing relevant was found, which the model is told.</param>
public sealed record AgentPassagesInjected(IReadOnlyList<AgentPassage> Passages) : AgentEvent;
