namespace Agent.Core.Inference.Embedding;

/// <summary>What a text is embedded for; many models were trained to be told.</summary>
public enum EmbeddingPurpose
{
    /// <summary>To be found.</summary>
    Document,

    /// <summary>To find others with.</summary>
    Query,
}
