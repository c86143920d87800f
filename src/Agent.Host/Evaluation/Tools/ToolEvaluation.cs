using Agent.Host.Evaluation.Cases;
using Agent.Host.Evaluation.Tools.Scoring;
using Agent.Host.Evaluation.Tools.Suites;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Tools;

/// <summary>Asks for the next turn of a conversation with tools, and compares its calls. No tool is run.</summary>
internal sealed class ToolEvaluation(SystemMessage system) : ICaseEvaluation<ToolCase, ToolCaseResult>
{
    public Task<CaseQuestion<ToolCaseResult>> AskAsync(ToolCase next, CancellationToken cancellationToken) =>
        Task.FromResult(new CaseQuestion<ToolCaseResult>(system.Before(next, next.Tools.Select(tool => tool.Name)), next.Tools, response => Judge(next, response)));

    public ToolCaseResult Unanswered(ToolCase next) => new() { Case = next, Turn = null, Score = default };

    private static ToolCaseResult Judge(ToolCase next, ChatResponse response)
    {
        var turn = ProducedTurn.From(response);
        return new ToolCaseResult { Case = next, Turn = turn, Score = TurnScore.Of(turn.Calls, next.Calls) };
    }
}
