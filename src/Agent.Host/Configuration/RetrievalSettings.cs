using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Storage;

namespace Agent.Host.Configuration;

/// <summary>Where passages are kept, and how documents become passages.</summary>
internal sealed record RetrievalSettings
{
    /// <summary>Whether and how answers use the collection.</summary>
    public RetrievalUse Use { get; init; } = RetrievalUse.Off;

    /// <summary>The folder of the collections; a relative one lies in the current folder.</summary>
    public string Folder { get; init; } = ".agent/collections";

    /// <summary>A PostgreSQL database in place of the folder, with its password; null for the folder.</summary>
    public string? Connection { get; init; }

    /// <summary>Whose collections these are.</summary>
    public CollectionName Tenant { get; init; } = CollectionName.Default;

    /// <summary>The collection that is meant where none is named.</summary>
    public CollectionName Collection { get; init; } = CollectionName.Default;

    /// <summary>Which documents answers may use; options of the command line give it.</summary>
    public PassageFilter Filter { get; init; } = PassageFilter.None;

    /// <summary>How passages are found.</summary>
    public SearchMode Mode { get; init; } = SearchMode.Lexical;

    /// <summary>A GGUF file of a reranker, which orders the best hits anew; looked up as <see cref="ModelSettings.Path"/>. Null for none.</summary>
    public string? Reranker { get; init; }

    /// <summary>The most passages that the model is given for a question, or for a call of the tool that does not say how many.</summary>
    public int Top { get; init; } = 5;

    /// <summary>The most tokens of these passages together.</summary>
    public int TokenBudget { get; init; } = 1500;

    /// <summary>The most tokens of a passage.</summary>
    public int ChunkTokens { get; init; } = 320;

    /// <summary>What counts the tokens of a passage.</summary>
    public TokenCounting CountTokens { get; init; } = TokenCounting.Model;
}
