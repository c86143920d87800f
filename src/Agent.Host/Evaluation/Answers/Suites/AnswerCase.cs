using Agent.Host.Evaluation.Cases;

namespace Agent.Host.Evaluation.Answers.Suites;

/// <summary>One case of a suite: a question, passages, and what a right answer cites and says, or that it declines.</summary>
internal sealed record AnswerCase : EvaluationCase
{
    /// <summary>The passages, in the order of their numbers; at least one.</summary>
    public required IReadOnlyList<AnswerPassage> Passages { get; init; }

    /// <summary>The numbers that a right answer cites, one of each group; empty where it declines.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Cites { get; init; }

    /// <summary>What a right answer says, one of each group; empty where nothing is asked for.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Contains { get; init; }

    /// <summary>Whether the passages hold no answer, so that it is right to say so.</summary>
    public bool Refuse => Cites.Count == 0;

    /// <summary>The question.</summary>
    public string Question => Messages[^1].Text;
}
