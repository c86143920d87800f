namespace Agent.Core.Inference;

/// <summary>Why a generation ended.</summary>
public enum StopReason
{
    /// <summary>The model ended its turn.</summary>
    EndOfGeneration,

    /// <summary>The token limit of the request was reached.</summary>
    MaxTokens,

    /// <summary>The sequence filled its context.</summary>
    ContextFull,

    /// <summary>Its reader had all it wanted; see <see cref="Generation.Stop"/>.</summary>
    Stopped,
}
