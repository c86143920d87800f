namespace Agent.Core.Retrieval.Injection;

/// <summary>How passages come into prompts. Immutable.</summary>
public sealed record PassageInjectorOptions : PassageSelectionOptions
{
    /// <summary>Turns the last question into a query.</summary>
    /// <value><see cref="FollowUpQueryResolver"/>.</value>
    public IQueryResolver Resolver { get; init; } = FollowUpQueryResolver.Instance;

    /// <summary>The language of the prompt files, for example <c>zh</c>.</summary>
    /// <value>Null by default: that of the question, Chinese or English.</value>
    public string? Language { get; init; }

    /// <summary>What happens where the passages cannot be searched.</summary>
    /// <value><see cref="SearchFailureBehavior.Fail"/>.</value>
    public SearchFailureBehavior OnSearchFailure { get; init; } = SearchFailureBehavior.Fail;
}
