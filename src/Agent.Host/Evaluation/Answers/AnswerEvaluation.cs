using System.Globalization;
using Agent.Core.Prompts;
using Agent.Core.Retrieval.Injection;
using Agent.Host.Evaluation.Answers.Scoring;
using Agent.Host.Evaluation.Answers.Suites;
using Agent.Host.Evaluation.Cases;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Answers;

/// <summary>Asks questions with their passages, in the form of the product, and looks at what the answers cite and say.</summary>
/// <param name="system">The system message of cases that have none.</param>
/// <param name="prompts">The prompts around passages.</param>
internal sealed class AnswerEvaluation(SystemMessage system, PromptLibrary prompts) : ICaseEvaluation<AnswerCase, AnswerCaseResult>
{
    public async Task<CaseQuestion<AnswerCaseResult>> AskAsync(AnswerCase next, CancellationToken cancellationToken)
    {
        var injection = await InjectAsync(next, cancellationToken);
        return new CaseQuestion<AnswerCaseResult>(injection.Apply(system.Before(next, [])), Tools: null, response => Judge(next, response, injection));
    }

    public AnswerCaseResult Unanswered(AnswerCase next) => new() { Case = next, Answer = null, Score = AnswerScore.None };

    private static AnswerCaseResult Judge(AnswerCase next, ChatResponse response, PassageInjection injection) => new()
    {
        Case = next,
        Answer = response.Text,
        Score = AnswerScore.Of(next, response.Text, [.. CitedIn(response.Text, injection)]),
    };

    /// <summary>All passages of the case, so that search and budget do not count.</summary>
    private async Task<PassageInjection> InjectAsync(AnswerCase next, CancellationToken cancellationToken)
    {
        var all = new PassageInjectorOptions { Top = 100, TokenBudget = int.MaxValue, Floor = PassageFloor.None };
        return (await new PassageInjector(new CasePassages(next), prompts, all).RetrieveAsync(next.Messages, cancellationToken))!;
    }

    /// <summary>The numbers of the case that an answer cites: passages of one document were given side by side. What is of no passage has none, which is 0.</summary>
    private static IEnumerable<int> CitedIn(string answer, PassageInjection injection)
    {
        var reading = CitationReader.Read(answer, injection.Passages);
        return reading.Citations.Select(citation => int.Parse(citation.Passage.Id, CultureInfo.InvariantCulture)).Concat(reading.Unknown.Select(_ => 0));
    }
}
