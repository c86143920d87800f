using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Agent.Core.Retrieval.Injection;
using Agent.Host.Evaluation.Answers.Scoring;
using Agent.Host.Evaluation.Answers.Suites;
using Agent.Host.Terminal;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Answers;

/// <summary>Puts questions with their passages to a model, in the form of the product and greedily, and scores the answers.</summary>
internal sealed class AnswerEvaluation(IChatClient client, AnswerEvaluationOptions options)
{
    /// <summary>Runs the cases. Cancelled, it returns those that are done.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="onResult">Called with each result as it comes, never twice at once.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The results, in the order of the cases.</returns>
    public async Task<IReadOnlyList<AnswerCaseResult>> RunAsync(IReadOnlyList<AnswerCase> cases, Action<AnswerCaseResult> onResult, CancellationToken cancellationToken)
    {
        var results = new AnswerCaseResult?[cases.Count];
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

        return [.. results.OfType<AnswerCaseResult>()];
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever goes wrong with one case is that case's result; the others are still to be measured.")]
    private async Task<AnswerCaseResult> RunAsync(AnswerCase next, CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        ChatResponse? response = null;
        string? error = null;
        var score = AnswerScore.None;
        try
        {
            var injection = await InjectAsync(next, cancellationToken);
            response = await client.GetResponseAsync(injection.Apply(MessagesOf(next)), new() { Temperature = 0, MaxOutputTokens = options.MaxOutputTokens }, cancellationToken);
            score = AnswerScore.Of(next, response.Text, [.. CitedIn(response.Text, injection)]);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            error = FailureReport.From(e, cancelled: false, verbose: false).Message;
        }

        return new AnswerCaseResult
        {
            Case = next,
            Answer = response?.Text,
            Error = error,
            Score = score,
            FinishReason = response?.FinishReason,
            PromptTokens = response?.Usage?.InputTokenCount ?? 0,
            CompletionTokens = response?.Usage?.OutputTokenCount ?? 0,
            Duration = options.Time.GetElapsedTime(started),
        };
    }

    /// <summary>All passages of the case, so that search and budget do not count.</summary>
    private async Task<PassageInjection> InjectAsync(AnswerCase next, CancellationToken cancellationToken)
    {
        var all = new PassageInjectorOptions { Top = 100, TokenBudget = int.MaxValue, Floor = PassageFloor.None };
        return (await new PassageInjector(new CasePassages(next), options.Prompts, all).RetrieveAsync(next.Messages, cancellationToken))!;
    }

    /// <summary>The numbers of the case that an answer cites: passages of one document were given side by side. What is of no passage has none, which is 0.</summary>
    private static IEnumerable<int> CitedIn(string answer, PassageInjection injection)
    {
        var reading = CitationReader.Read(answer, injection.Passages);
        return reading.Citations.Select(citation => int.Parse(citation.Passage.Id, CultureInfo.InvariantCulture)).Concat(reading.Unknown.Select(_ => 0));
    }

    private IReadOnlyList<ChatMessage> MessagesOf(AnswerCase next) =>
        next.Messages.All(message => message.Role != ChatRole.System) && options.SystemPrompt(next) is { } system
            ? [new ChatMessage(ChatRole.System, system), .. next.Messages]
            : next.Messages;
}
