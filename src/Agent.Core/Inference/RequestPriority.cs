namespace Agent.Core.Inference;

/// <summary>
/// How much a request matters beside others that wait. Between requests of one priority short prompts come first, and whoever has waited
/// for long comes before all that arrive later, so that none waits for ever.
/// </summary>
public enum RequestPriority
{
    /// <summary>Work that nobody waits for. It gives its sequence up when others need it, and is computed anew later.</summary>
    Low,

    /// <summary>Most requests.</summary>
    Normal,

    /// <summary>Before all others. It takes the sequence of a running request that matters less, if none is free.</summary>
    High,
}
