using System.Diagnostics.CodeAnalysis;
using Agent.Host.Evaluation.Tools.Scoring;
using Agent.Host.Evaluation.Tools.Suites;
using Agent.Host.Terminal;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Tools;

/// <summary>Puts cases to a model, one turn each and greedily, and scores the answers. No tool is run.</summary>
internal sealed class ToolEvaluation(IChatClient client, ToolEvaluationOptions options)
{
    /// <summary>Runs the cases. Cancelled, it returns those that are done.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="onResult">Called with each result as it comes, never twice at once.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The results, in the order of the cases.</returns>
    public async Task<IReadOnlyList<ToolCaseResult>> RunAsync(IReadOnlyList<ToolCase> cases, Action<ToolCaseResult> onResult, CancellationToken cancellationToken)
    {
        var results = new ToolCaseResult?[cases.Count];
        var gate = new Lock();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Concurrency, CancellationToken = cancellationToken };
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, cases.Count), parallel, async (i, stop) =>
            {
                var result = await RunAsync(cases[i], stop);
                lock (gate)
                {
                    results[i] = result;
                    onResult(result);
                }
            });
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What is done is worth showing.
        }

        return [.. results.OfType<ToolCaseResult>()];
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever goes wrong with one case is that case's result; the others are still to be measured.")]
    private async Task<ToolCaseResult> RunAsync(ToolCase next, CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        ProducedTurn? turn = null;
        string? error = null;
        try
        {
            turn = ProducedTurn.From(await client.GetResponseAsync(MessagesOf(next), OptionsOf(next), cancellationToken));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            error = FailureReport.From(e, cancelled: false, verbose: false).Message;
        }

        return new ToolCaseResult
        {
            Case = next,
            Turn = turn,
            Error = error,
            Score = turn is null ? default : TurnScore.Of(turn.Calls, next.Calls),
            Duration = options.Time.GetElapsedTime(started),
        };
    }

    private IReadOnlyList<ChatMessage> MessagesOf(ToolCase next) =>
        next.Messages.All(message => message.Role != ChatRole.System) && options.SystemPrompt(next) is { } system
            ? [new ChatMessage(ChatRole.System, system), .. next.Messages]
            : next.Messages;

    private ChatOptions OptionsOf(ToolCase next) => new()
    {
        Tools = [.. next.Tools],
        Temperature = 0,
        MaxOutputTokens = options.MaxOutputTokens,
    };
}
