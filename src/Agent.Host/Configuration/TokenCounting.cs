namespace Agent.Host.Configuration;

/// <summary>What counts the tokens of a passage.</summary>
internal enum TokenCounting
{
    /// <summary>The model's own vocabulary.</summary>
    Model,

    /// <summary>An estimate; no model file is needed, and another model leaves the passages as they are.</summary>
    Estimate,
}
