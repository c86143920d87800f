using Agent.Core.Retrieval.Chunks;

namespace Agent.Core.Retrieval.Injection;

/// <summary>Which passages of those found a model is given. Immutable.</summary>
public record PassageSelectionOptions
{
    /// <summary>The most passages given.</summary>
    /// <value>8; 1 to 100.</value>
    public int Top { get; init; } = 8;

    /// <summary>The most tokens that the passages take together, their numbers, titles and headings included.</summary>
    /// <value>1,500; at least 32.</value>
    public int TokenBudget { get; init; } = 1500;

    /// <summary>Counts the tokens.</summary>
    /// <value><see cref="TokenCounters.Estimate"/>; <see cref="TokenCounters.Of"/> counts as the model does.</value>
    public TokenCounter CountTokens { get; init; } = TokenCounters.Estimate;

    /// <summary>What a hit must come to.</summary>
    /// <value>The defaults of <see cref="PassageFloor"/>.</value>
    public PassageFloor Floor { get; init; } = new();

    /// <summary>Which documents may be found.</summary>
    /// <value><see cref="PassageFilter.None"/>.</value>
    public PassageFilter Filter { get; init; } = PassageFilter.None;

    /// <summary>How to look.</summary>
    /// <value>Null by default: the way that the search was set up with.</value>
    public SearchMode? Mode { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(CountTokens);
        ArgumentNullException.ThrowIfNull(Filter);
        ArgumentNullException.ThrowIfNull(Floor);
        Floor.Validate();
        if (Top is < 1 or > 100)
        {
            throw new ArgumentException($"Top is {Top}; it must be 1 to 100.");
        }

        if (TokenBudget < 32)
        {
            throw new ArgumentException($"TokenBudget is {TokenBudget}; it must be 32 or more.");
        }
    }
}
