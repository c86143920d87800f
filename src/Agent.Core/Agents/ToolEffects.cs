namespace Agent.Core.Agents;

/// <summary>What a tool does to the world.</summary>
public enum ToolEffects
{
    /// <summary>It only looks.</summary>
    Read,

    /// <summary>It changes something: the same call is carried out once in a run, and a ledger remembers it.</summary>
    Write,
}
