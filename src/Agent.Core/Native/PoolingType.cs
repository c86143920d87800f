namespace Agent.Core.Native;

/// <summary>How an embedding model turns token vectors into one; the numbers are those of llama.cpp.</summary>
public enum PoolingType
{
    /// <summary>The file does not say, as for models that generate.</summary>
    Unspecified = -1,

    /// <summary>One vector a token.</summary>
    None = 0,

    /// <summary>Mean over the tokens.</summary>
    Mean = 1,

    /// <summary>The first token.</summary>
    Cls = 2,

    /// <summary>The last token.</summary>
    Last = 3,

    /// <summary>A relevance score: the model is a reranker.</summary>
    Rank = 4,
}
