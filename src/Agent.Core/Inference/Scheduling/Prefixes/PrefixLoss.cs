namespace Agent.Core.Inference.Scheduling.Prefixes;

/// <summary>What is lost with the tokens of a sequence, the least first.</summary>
internal enum PrefixLoss
{
    /// <summary>It holds none.</summary>
    Nothing,

    /// <summary>Another sequence holds all of them.</summary>
    Copy,

    /// <summary>Tokens that a later prompt may begin with.</summary>
    Prefix,

    /// <summary>The last copy of a pinned prefix.</summary>
    Pinned,
}
