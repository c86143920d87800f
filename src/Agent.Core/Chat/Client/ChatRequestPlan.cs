using Agent.Core.Inference;

namespace Agent.Core.Chat.Client;

/// <summary>A checked request, ready to generate.</summary>
internal sealed record ChatRequestPlan
{
    /// <summary>Prompt and sampling.</summary>
    public required GenerationRequest Generation { get; init; }

    /// <summary>Names of the tools that may also be called without tags; empty where calls are constrained, forbidden, or not to be told from the answer.</summary>
    public required IReadOnlyList<string> BareToolNames { get; init; }

    /// <summary>Whether a literal tag opens a call where the vocabulary has no token for it; false where no call is allowed, or nothing but JSON.</summary>
    public required bool LiteralTagsCount { get; init; }

    /// <summary>Strings that end the answer.</summary>
    public required IReadOnlyList<string> StopSequences { get; init; }

    /// <summary>The beginning of the turn that stands at the end of the prompt, because a call was demanded.</summary>
    public required string ForcedBeginning { get; init; }

    /// <summary>Most calls of the turn.</summary>
    public required int MaxToolCalls { get; init; }

    /// <summary>Whether the turn ends with its first call.</summary>
    public required bool SingleCall { get; init; }
}
