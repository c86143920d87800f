namespace Agent.Core.Retrieval;

/// <summary>What is looked for. Immutable.</summary>
public sealed record PassageQuery
{
    /// <summary>The question or words, in any language.</summary>
    public required string Text { get; init; }

    /// <summary>The most passages wanted.</summary>
    /// <value>5; 1 to 1,000.</value>
    public int Top { get; init; } = 5;

    /// <summary>Which documents may be found.</summary>
    /// <value><see cref="PassageFilter.None"/>.</value>
    public PassageFilter Filter { get; init; } = PassageFilter.None;

    /// <summary>How to look.</summary>
    /// <value>Null by default: the way that the search was set up with.</value>
    public SearchMode? Mode { get; init; }

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(Text))
        {
            throw new ArgumentException("The query is empty. Give a question or some words.");
        }

        if (Top is < 1 or > 1000)
        {
            throw new ArgumentException($"{Top} passages were asked for; 1 to 1000 can be.");
        }
    }
}
