using Agent.Host.Terminal;

namespace Agent.Host.Evaluation.Cases;

/// <summary>Which cases of a suite are run.</summary>
internal sealed record CaseSelection
{
    /// <summary>The categories to run; empty for all.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The languages to run; empty for all.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>Most cases to run; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>The cases of the suite that are selected, in its order; at least one.</summary>
    /// <exception cref="UsageException">No case has a category or a language that is asked for, or both.</exception>
    public IReadOnlyList<TCase> From<TCase>(IReadOnlyList<TCase> suite)
        where TCase : EvaluationCase
    {
        RequireKnown("--category", Categories, suite.Select(next => next.Category));
        RequireKnown("--language", Languages, suite.Select(next => next.Language));
        var selected = suite
            .Where(next => Categories.Count == 0 || Categories.Contains(next.Category, StringComparer.Ordinal))
            .Where(next => Languages.Count == 0 || Languages.Contains(next.Language, StringComparer.Ordinal))
            .Take(Limit ?? int.MaxValue)
            .ToList();
        return selected.Count > 0 ? selected : throw new UsageException("No case has both the category and the language. Leave one of --category and --language out.");
    }

    private static void RequireKnown(string option, IReadOnlyList<string> wanted, IEnumerable<string> there)
    {
        string[] known = [.. there.Distinct(StringComparer.Ordinal)];
        if (wanted.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            throw new UsageException($"{option} is '{unknown}', which no case has. The suite has {string.Join(", ", known)}.");
        }
    }
}
