namespace Agent.Core.Agents;

/// <summary>Something that happened in a run, in the order in which the loop saw it. Immutable.</summary>
public abstract record AgentEvent;
