using Agent.Host.Evaluation.Tools.Scoring;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Tools.Suites;

/// <summary>One case of a suite: a conversation, tools, and the calls that the next turn should hold.</summary>
internal sealed record ToolCase
{
    /// <summary>What a case is filed under that does not say.</summary>
    public const string Unnamed = "-";

    /// <summary>Its name, unique in the suite.</summary>
    public required string Id { get; init; }

    /// <summary>What it looks at.</summary>
    public required string Category { get; init; }

    /// <summary>The language of its user.</summary>
    public required string Language { get; init; }

    /// <summary>The conversation, oldest first; the model writes the next turn.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>The tools on offer; they are never run.</summary>
    public required IReadOnlyList<AIFunctionDeclaration> Tools { get; init; }

    /// <summary>The calls of the next turn; empty where none is right.</summary>
    public required IReadOnlyList<ExpectedCall> Calls { get; init; }

    /// <summary>Why no call is right; null where one is, or the case does not say.</summary>
    public required string? Why { get; init; }
}
