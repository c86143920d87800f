namespace Agent.Core.Inference.Embedding;

/// <summary>What becomes of a text that has more tokens than the context holds.</summary>
public enum OverlongText
{
    /// <summary>Its beginning is embedded, and the embedding says so.</summary>
    Cut,

    /// <summary>It fails; the other texts of the call do not.</summary>
    Refuse,
}
