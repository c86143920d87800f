using Agent.Host.Evaluation.Cases;
using Agent.Host.Evaluation.Tools.Scoring;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Tools.Suites;

/// <summary>One case of a suite: a conversation, tools, and the calls that the next turn should hold.</summary>
internal sealed record ToolCase : EvaluationCase
{
    /// <summary>The tools on offer; they are never run.</summary>
    public required IReadOnlyList<AIFunctionDeclaration> Tools { get; init; }

    /// <summary>The calls of the next turn; empty where none is right.</summary>
    public required IReadOnlyList<ExpectedCall> Calls { get; init; }

    /// <summary>Why no call is right; null where one is, or the case does not say.</summary>
    public required string? Why { get; init; }
}
