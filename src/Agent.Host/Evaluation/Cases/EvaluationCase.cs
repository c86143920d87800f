using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Cases;

/// <summary>One case of a suite: what every suite knows of it.</summary>
internal abstract record EvaluationCase
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
}
