namespace Agent.Core.Retrieval;

/// <summary>How passages are found.</summary>
public enum SearchMode
{
    /// <summary>By their words: BM25 over an inverted index. Needs no model.</summary>
    Lexical,

    /// <summary>By the similarity of embeddings. Needs an embedding model.</summary>
    Dense,

    /// <summary>By both, their ranks fused.</summary>
    Fused,
}
