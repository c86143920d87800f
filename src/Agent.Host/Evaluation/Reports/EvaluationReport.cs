using Agent.Host.Evaluation.Cases;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Reports;

/// <summary>A run: what was measured, how, and with which results.</summary>
internal sealed record EvaluationReport<TResult>
    where TResult : CaseResult
{
    /// <summary>The suite's file.</summary>
    public required string Suite { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Its server; null for this process.</summary>
    public required Uri? Server { get; init; }

    /// <summary>Least probability at which a turn opens with a call; null where the model decides alone.</summary>
    public required double? CallThreshold { get; init; }

    /// <summary>The system message in words, for example <c>product (system, 2026-01-31)</c>.</summary>
    public required string System { get; init; }

    /// <summary>Cases at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Most tokens of an answer.</summary>
    public required int MaxOutputTokens { get; init; }

    /// <summary>Cases that were to be run.</summary>
    public required int Planned { get; init; }

    /// <summary>How long it took, without the loading of the model.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What was run, in the order of the suite.</summary>
    public required IReadOnlyList<TResult> Results { get; init; }

    /// <summary>Whether every case was run.</summary>
    public bool IsComplete => Results.Count == Planned;

    /// <summary>Cases without an answer.</summary>
    public int Errors => Results.Count(result => result.Error is not null);

    /// <summary>Answers that reached the limit of tokens.</summary>
    public int CutAnswers => Results.Count(result => result.FinishReason == ChatFinishReason.Length);

    /// <summary>Tokens of all prompts.</summary>
    public long PromptTokens => Results.Sum(result => result.PromptTokens);

    /// <summary>Tokens of all answers.</summary>
    public long CompletionTokens => Results.Sum(result => result.CompletionTokens);

    /// <summary>Tokens of answers a second, all requests together; null where there is nothing to divide.</summary>
    public double? TokensPerSecond => CompletionTokens > 0 && Duration > TimeSpan.Zero ? CompletionTokens / Duration.TotalSeconds : null;

    /// <summary>Each category, and each of its languages where there are several; then the same for all.</summary>
    public IEnumerable<CaseGroup<TResult>> Groups() =>
        Results.GroupBy(result => result.Asked.Category, StringComparer.Ordinal)
            .SelectMany(group => GroupsOf(group.Key, [.. group]))
            .Concat(GroupsOf(category: null, Results));

    private static IEnumerable<CaseGroup<TResult>> GroupsOf(string? category, IReadOnlyCollection<TResult> results)
    {
        var languages = results.GroupBy(result => result.Asked.Language, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        if (languages.Count > 1)
        {
            foreach (var language in languages)
            {
                yield return new CaseGroup<TResult>(category, language.Key, [.. language]);
            }
        }

        yield return new CaseGroup<TResult>(category, languages.Count == 1 && category is not null ? languages[0].Key : null, results);
    }
}
