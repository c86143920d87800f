using Agent.Host.Evaluation.Answers.Scoring;
using Agent.Host.Evaluation.Answers.Suites;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Answers;

/// <summary>How one case went.</summary>
internal sealed record AnswerCaseResult
{
    /// <summary>The case.</summary>
    public required AnswerCase Case { get; init; }

    /// <summary>The answer; null where there was an error.</summary>
    public required string? Answer { get; init; }

    /// <summary>The error; null where there was an answer.</summary>
    public required string? Error { get; init; }

    /// <summary>How right it is; an error is wrong in everything.</summary>
    public required AnswerScore Score { get; init; }

    /// <summary>Why the answer ended; null where nobody said.</summary>
    public required ChatFinishReason? FinishReason { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Tokens of the answer.</summary>
    public required long CompletionTokens { get; init; }

    /// <summary>From the request to the end of the answer.</summary>
    public required TimeSpan Duration { get; init; }
}
