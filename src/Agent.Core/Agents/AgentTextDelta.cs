namespace Agent.Core.Agents;

/// <summary>The next piece of the model's text; never empty.</summary>
/// <param name="Text">The piece, to be appended to the pieces before it.</param>
public sealed record AgentTextDelta(string Text) : AgentEvent;
