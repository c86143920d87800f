using System.Diagnostics.CodeAnalysis;
using Agent.Host.Terminal;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Cases;

/// <summary>Puts cases to a model, one turn each and greedily, several at once.</summary>
internal sealed class CaseRunner<TCase, TResult>(IChatClient client, ICaseEvaluation<TCase, TResult> evaluation, CaseRunOptions options)
    where TCase : EvaluationCase
    where TResult : CaseResult
{
    /// <summary>Runs the cases. Cancelled, it returns those that are done.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="onResult">Called with each result as it comes, never twice at once.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The results, in the order of the cases.</returns>
    public async Task<IReadOnlyList<TResult>> RunAsync(IReadOnlyList<TCase> cases, Action<TResult> onResult, CancellationToken cancellationToken)
    {
        var results = new TResult?[cases.Count];
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

        return [.. results.OfType<TResult>()];
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever goes wrong with one case is that case's result; the others are still to be measured.")]
    private async Task<TResult> RunAsync(TCase next, CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        TResult result;
        try
        {
            var question = await evaluation.AskAsync(next, cancellationToken);
            var response = await client.GetResponseAsync(question.Messages, OptionsOf(question), cancellationToken);
            result = question.Judge(response) with
            {
                FinishReason = response.FinishReason,
                PromptTokens = response.Usage?.InputTokenCount ?? 0,
                CompletionTokens = response.Usage?.OutputTokenCount ?? 0,
            };
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            result = evaluation.Unanswered(next) with { Error = FailureReport.From(e, cancelled: false, verbose: false).Message };
        }

        return result with { Duration = options.Time.GetElapsedTime(started) };
    }

    private ChatOptions OptionsOf(CaseQuestion<TResult> question) => new()
    {
        Tools = question.Tools is { } tools ? [.. tools] : null,
        Temperature = 0,
        MaxOutputTokens = options.MaxOutputTokens,
    };
}
