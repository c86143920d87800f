namespace Agent.Core.Retrieval.Injection;

/// <summary>What a hit must come to before a model is given it. Immutable.</summary>
/// <remarks>
/// A lexical score says nothing by itself: it grows with the length of the query and with the rarity of its words, so no number fits two
/// queries. What can be compared is a hit with the best one of the same search, and a passage with the words of the question. Both are mild:
/// a passage too many costs tokens, a passage too few costs the answer, and the model still judges what it reads.
/// </remarks>
public sealed record PassageFloor
{
    /// <summary>Gives everything that the search finds.</summary>
    public static PassageFloor None { get; } = new() { ScoreShare = 0, TermShare = 0 };

    /// <summary>The least share of the best hit's score. Not asked of scores that are not above 0, as those of a reranker may be.</summary>
    /// <value>0.25; 0 to 1. Ranks fused and similarities lie closer together, so that this takes nothing from them.</value>
    public double ScoreShare { get; init; } = 0.25;

    /// <summary>
    /// The least share of the query's content words that must occur in the passage, its title or its headings; never more than three of them,
    /// so that a long question does not shut everything out. Words that ask and single ideographs are no content words: in Chinese, every
    /// passage shares some with every question.
    /// </summary>
    /// <remarks>
    /// Judges hits that were found by their words only: where the query asks for <see cref="SearchMode.Dense"/> or
    /// <see cref="SearchMode.Fused"/> it is not asked, nor of a hit that shares nothing at all with the query, since something else
    /// must have found it. So name the mode where it is known.
    /// </remarks>
    /// <value>0.15, which is one word of up to six; 0 to 1.</value>
    public double TermShare { get; init; } = 0.15;

    internal void Validate()
    {
        if (!(ScoreShare is >= 0 and <= 1) || !(TermShare is >= 0 and <= 1))
        {
            throw new ArgumentException($"The relevance floor is {ScoreShare} of the best score and {TermShare} of the query's words; both must be 0 to 1.");
        }
    }
}
