using Microsoft.Extensions.AI;

namespace Agent.Host.Benchmarks.Loads;

/// <summary>A request as agents make them: a conversation, and tools.</summary>
internal sealed record ChatLoadRequest : LoadRequest
{
    /// <summary>The conversation.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>The tools on offer; empty for none.</summary>
    public required IReadOnlyList<AIFunctionDeclaration> Tools { get; init; }
}
