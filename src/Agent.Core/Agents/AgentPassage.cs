namespace Agent.Core.Agents;

/// <summary>A retrieved passage that was put before the model.</summary>
/// <param name="Id">The passage's id in its store.</param>
/// <param name="Source">Where it comes from, e.g. a file name or an address.</param>
/// <param name="Number">The number, from 1, by which the answer cites it.</param>
/// <param name="Score">The relevance that ranked it; higher is better, comparable within one request only.</param>
public sealed record AgentPassage(string Id, string Source, int Number, double Score);
