namespace Agent.Host.Benchmarks.Loads;

/// <summary>What a client is there for.</summary>
internal enum LoadRole
{
    /// <summary>Everything about it is measured.</summary>
    Client,

    /// <summary>It generates all the time; the pauses between its tokens are measured.</summary>
    Decoder,

    /// <summary>It comes while others decode; the time to its first token is measured.</summary>
    Newcomer,
}
