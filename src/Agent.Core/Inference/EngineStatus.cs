namespace Agent.Core.Inference;

/// <summary>The engine at one moment.</summary>
/// <param name="Active">Requests that hold a sequence.</param>
/// <param name="Queued">Requests that wait for one.</param>
/// <param name="MaxSequences">Sequences there are.</param>
/// <param name="CachedTokens">Tokens in the KV cache, of running and of past requests.</param>
/// <param name="Steps">Steps run since the start.</param>
public sealed record EngineStatus(int Active, int Queued, int MaxSequences, int CachedTokens, long Steps)
{
    /// <summary>Tokens computed since the start that were no one's next: of prompts, and of requests that were computed anew.</summary>
    public long PrefillTokens { get; init; }

    /// <summary>Tokens computed since the start, each to get the next one of a running answer.</summary>
    public long DecodeTokens { get; init; }

    /// <summary>Tokens since the start that were not computed because the KV cache, or host memory, had them.</summary>
    public long ReusedTokens { get; init; }

    /// <summary>Idle conversations in host memory now.</summary>
    public int OffloadedSequences { get; init; }

    /// <summary>Bytes of host memory that they take.</summary>
    public long OffloadedBytes { get; init; }

    /// <summary>Times since the start that an idle conversation was saved to host memory.</summary>
    public long Saves { get; init; }

    /// <summary>Times since the start that one came back.</summary>
    public long Restores { get; init; }

    /// <summary>The part of <see cref="ReusedTokens"/> that came from host memory.</summary>
    public long RestoredTokens { get; init; }

    /// <summary>Saves and restores since the start that did not succeed; their tokens were computed anew.</summary>
    public long FailedMoves { get; init; }

    /// <summary>Times since the start that a request gave its sequence up for another.</summary>
    public long Preemptions { get; init; }

    /// <summary>Tokens since the start that were tried ahead.</summary>
    public long DraftTokens { get; init; }

    /// <summary>How many of them came true.</summary>
    public long AcceptedDraftTokens { get; init; }

    /// <summary>Where the time of the steps since the start went.</summary>
    public StepTimes Times { get; init; }
}
