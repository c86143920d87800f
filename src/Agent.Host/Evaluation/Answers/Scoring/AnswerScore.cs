using Agent.Host.Evaluation.Answers.Suites;

namespace Agent.Host.Evaluation.Answers.Scoring;

/// <summary>How right an answer is.</summary>
internal sealed record AnswerScore
{
    /// <summary>The score of a case that got no answer.</summary>
    public static AnswerScore None { get; } = new();

    /// <summary>The numbers that the answer cites, each once, those of no passage among them.</summary>
    public IReadOnlyList<int> Cited { get; init; } = [];

    /// <summary>How many of these a right answer may cite.</summary>
    public int RightCitations { get; init; }

    /// <summary>How many of the places that a right answer cites it does cite.</summary>
    public int FoundGroups { get; init; }

    /// <summary>Whether it says that the passages do not tell.</summary>
    public bool IsRefusal { get; init; }

    /// <summary>Whether it contains what it must; true where nothing is asked for.</summary>
    public bool Contains { get; init; }

    /// <summary>Whether all of it is right: every source and no other, and what it must say; or that it declines.</summary>
    public bool IsRight { get; init; }

    /// <summary>Scores an answer.</summary>
    /// <param name="of">The case.</param>
    /// <param name="text">The answer.</param>
    /// <param name="cited">The numbers that it cites, those of no passage among them.</param>
    public static AnswerScore Of(AnswerCase of, string text, IReadOnlyCollection<int> cited)
    {
        int[] numbers = [.. cited.Distinct()];
        var right = numbers.Count(number => of.Cites.Any(group => group.Contains(number)));
        var found = of.Cites.Count(group => group.Any(numbers.Contains));
        var comparable = Comparable(text);
        var contains = of.Contains.All(group => group.Any(wanted => comparable.Contains(Comparable(wanted), StringComparison.Ordinal)));
        var saysSo = RefusalText.Is(text);

        // "The passages do not say why, but it opens at nine [1]" answers; where no answer is right, what it cites beside does no harm.
        var refuses = saysSo && (of.Refuse || right == 0);
        return new AnswerScore
        {
            Cited = numbers,
            RightCitations = right,
            FoundGroups = found,
            IsRefusal = refuses,
            Contains = contains,
            IsRight = of.Refuse ? refuses : !refuses && contains && found == of.Cites.Count && right == numbers.Length,
        };
    }

    /// <summary>Width, case and white space do not count. Widths are folded here: normalisation needs culture data, which the process runs without.</summary>
    private static string Comparable(string text) =>
        string.Concat(text.Where(c => !char.IsWhiteSpace(c)).Select(c => c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c)).ToLowerInvariant();
}
