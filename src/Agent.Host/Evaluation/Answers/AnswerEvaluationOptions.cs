using Agent.Core.Prompts;
using Agent.Host.Evaluation.Answers.Suites;

namespace Agent.Host.Evaluation.Answers;

/// <summary>How a suite is put to a model.</summary>
internal sealed record AnswerEvaluationOptions
{
    /// <summary>Cases at once, 1 or more.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Most tokens of an answer.</summary>
    public required int MaxOutputTokens { get; init; }

    /// <summary>The prompts around passages.</summary>
    public required PromptLibrary Prompts { get; init; }

    /// <summary>The system message of a case that has none; null for none.</summary>
    public required Func<AnswerCase, string?> SystemPrompt { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
