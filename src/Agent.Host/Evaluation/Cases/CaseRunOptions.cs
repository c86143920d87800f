namespace Agent.Host.Evaluation.Cases;

/// <summary>How a suite is put to a model.</summary>
internal sealed record CaseRunOptions
{
    /// <summary>Cases at once, 1 or more.</summary>
    public required int Concurrency { get; init; }

    /// <summary>Most tokens of an answer, so that a model that never ends costs one case only.</summary>
    public required int MaxOutputTokens { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
