using Agent.Host.Evaluation.Cases;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Evaluation.Cases;

/// <summary>Asks cases as they are.</summary>
internal sealed class WordEvaluation : ICaseEvaluation<WordCase, WordResult>
{
    /// <summary>What every case offers; null for none.</summary>
    public IReadOnlyList<AITool>? Tools { get; init; }

    public Task<CaseQuestion<WordResult>> AskAsync(WordCase next, CancellationToken cancellationToken) => next.Category == "broken"
        ? throw new InvalidOperationException("there is nothing to ask")
        : Task.FromResult(new CaseQuestion<WordResult>(next.Messages, Tools, response => new WordResult(next, response.Text)));

    public WordResult Unanswered(WordCase next) => new(next, null);
}
