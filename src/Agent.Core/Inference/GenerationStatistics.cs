namespace Agent.Core.Inference;

/// <summary>What a finished generation took.</summary>
public sealed record GenerationStatistics
{
    /// <summary>Why it ended.</summary>
    public required StopReason Reason { get; init; }

    /// <summary>Tokens of the prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>How many of them were already in the KV cache.</summary>
    public required int CachedTokens { get; init; }

    /// <summary>Tokens generated, the one that ended the turn included.</summary>
    public required int CompletionTokens { get; init; }

    /// <summary>Times it gave its sequence up for a request that matters more, and was computed anew later.</summary>
    public int Preemptions { get; init; }

    /// <summary>How many of the generated tokens were foreseen, and so came in one step with others.</summary>
    public int DraftTokens { get; init; }

    /// <summary>Time in the queue.</summary>
    public required TimeSpan QueueTime { get; init; }

    /// <summary>Time from admission to the first token.</summary>
    public required TimeSpan PrefillTime { get; init; }

    /// <summary>Time from the first token to the last.</summary>
    public required TimeSpan DecodeTime { get; init; }
}
