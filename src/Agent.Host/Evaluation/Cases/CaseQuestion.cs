using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Cases;

/// <summary>What a case asks a model.</summary>
/// <param name="Messages">The conversation as the model reads it.</param>
/// <param name="Tools">The tools on offer; null for none.</param>
/// <param name="Judge">Judges the answer; what the response says of itself (end, tokens, time) is added to the result.</param>
internal sealed record CaseQuestion<TResult>(IEnumerable<ChatMessage> Messages, IReadOnlyList<AITool>? Tools, Func<ChatResponse, TResult> Judge)
    where TResult : CaseResult;
