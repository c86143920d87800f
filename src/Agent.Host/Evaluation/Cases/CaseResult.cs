using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Cases;

/// <summary>How one case went: what every evaluation knows of it.</summary>
internal abstract record CaseResult
{
    /// <summary>The case that was asked.</summary>
    public abstract EvaluationCase Asked { get; }

    /// <summary>Whether all of the answer is right; an error is wrong.</summary>
    public abstract bool IsRight { get; }

    /// <summary>The error; null where there was an answer.</summary>
    public string? Error { get; init; }

    /// <summary>Why the answer ended; null where nobody said.</summary>
    public ChatFinishReason? FinishReason { get; init; }

    /// <summary>Tokens of the prompt; 0 where nobody counted.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Tokens of the answer; 0 where nobody counted.</summary>
    public long CompletionTokens { get; init; }

    /// <summary>From the request to the end of the answer.</summary>
    public TimeSpan Duration { get; init; }
}
