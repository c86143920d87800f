using Agent.Core.Retrieval.Injection;

namespace Agent.Core.Agents.Passages;

/// <summary>What <see cref="SearchPassagesFunction"/> offers and gives. Immutable.</summary>
/// <remarks><see cref="PassageSelectionOptions.Top"/> is what a call gets that does not say how many; 5 by default, at most 10.</remarks>
public sealed record SearchPassagesOptions : PassageSelectionOptions
{
    /// <summary>Creates the options.</summary>
    public SearchPassagesOptions() => Top = 5;

    /// <summary>The tool's name.</summary>
    /// <value><c>search_passages</c>.</value>
    public string Name { get; init; } = "search_passages";

    /// <summary>The tool's description for the model.</summary>
    /// <value>Null by default: a sentence in <see cref="Language"/>.</value>
    public string? Description { get; init; }

    /// <summary>The language of the descriptions: Chinese for <c>zh</c>, else English.</summary>
    /// <value><c>en</c>.</value>
    public string Language { get; init; } = "en";
}
