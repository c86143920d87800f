using Agent.Host.Evaluation.Tools.Suites;

namespace Agent.Host.Evaluation.Tools;

/// <summary>How a suite is put to a model.</summary>
internal sealed record ToolEvaluationOptions
{
    /// <summary>Cases at once, 1 or more.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Most tokens of an answer, so that a model that never ends costs one case only.</summary>
    public required int MaxOutputTokens { get; init; }

    /// <summary>The system message of a case that has none; null for none.</summary>
    public required Func<ToolCase, string?> SystemPrompt { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
