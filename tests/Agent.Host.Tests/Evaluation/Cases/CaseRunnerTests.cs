using Agent.Host.Evaluation.Cases;
using Agent.Testing;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Evaluation.Cases;

/// <summary>How cases are put to a model, whatever they ask.</summary>
public sealed class CaseRunnerTests
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Results_come_in_the_order_of_the_cases_whatever_the_order_of_the_answers()
    {
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = new List<string>();
        using var client = new AnsweringClient(async (question, _, _) =>
        {
            if (question == "a")
            {
                await second.Task;
            }

            return Answer(question);
        });

        var results = await RunAsync(client, concurrency: 2, ["a", "b", "c"], result =>
        {
            seen.Add(result.Case.Id);
            if (result.Case.Id == "c")
            {
                second.SetResult();
            }
        });

        Assert.Equal(["a", "b", "c"], results.Select(result => result.Case.Id));
        Assert.Equal(["b", "c", "a"], seen);
        Assert.All(results, result => Assert.True(result.IsRight));
    }

    [Fact]
    public async Task As_many_are_asked_at_once_as_was_said_and_no_more()
    {
        var (running, most, gate) = (0, 0, new Lock());
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var client = new AnsweringClient(async (question, _, _) =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++running);
                if (running == 3)
                {
                    full.TrySetResult();
                }
            }

            await full.Task;
            await Task.Yield();
            lock (gate)
            {
                running--;
            }

            return Answer(question);
        });

        Assert.Equal(20, (await RunAsync(client, concurrency: 3, [.. Enumerable.Range(0, 20).Select(i => $"{i}")], _ => { })).Count);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task The_model_decodes_greedily_and_what_it_says_of_its_answer_is_kept()
    {
        ChatOptions? asked = null;
        var time = new ManualTimeProvider();
        using var client = new AnsweringClient((question, options, _) =>
        {
            asked = options;
            time.SetUtcNow(time.GetUtcNow().AddSeconds(2));
            var response = Answer(question);
            response.FinishReason = ChatFinishReason.Length;
            response.Usage = new UsageDetails { InputTokenCount = 7, OutputTokenCount = 3 };
            return Task.FromResult(response);
        });
        var tool = AIFunctionFactory.CreateDeclaration("look", null, AIJsonUtilities.CreateJsonSchema(typeof(object)));
        var runner = new CaseRunner<WordCase, WordResult>(client, new WordEvaluation { Tools = [tool] }, new() { Concurrency = 1, MaxOutputTokens = 64, Time = time });

        var result = Assert.Single(await runner.RunAsync([WordCase.Of("a")], _ => { }, CancellationToken.None));

        Assert.Equal((0f, 64, tool), (asked!.Temperature, asked.MaxOutputTokens, Assert.Single(asked.Tools!)));
        Assert.Equal((ChatFinishReason.Length, 7, 3, TimeSpan.FromSeconds(2)), (result.FinishReason, result.PromptTokens, result.CompletionTokens, result.Duration));
    }

    [Fact]
    public async Task An_error_is_the_result_of_its_case_alone()
    {
        using var client = new AnsweringClient((question, _, _) => question == "b" ? throw new HttpRequestException("no line") : Task.FromResult(Answer(question)));
        var runner = new CaseRunner<WordCase, WordResult>(client, new WordEvaluation(), new() { Concurrency = 1, MaxOutputTokens = 64 });

        var results = await runner.RunAsync([WordCase.Of("a"), WordCase.Of("b"), WordCase.Of("c", "broken")], _ => { }, CancellationToken.None);

        Assert.Equal([true, false, false], results.Select(result => result.IsRight));
        Assert.Null(results[0].Error);
        Assert.Contains("no line", results[1].Error, StringComparison.Ordinal);
        Assert.Contains("there is nothing to ask", results[2].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_gives_up_by_itself_is_an_error_and_no_end_of_the_run()
    {
        using var client = new AnsweringClient((question, _, _) => question == "a" ? throw new TaskCanceledException("too slow") : Task.FromResult(Answer(question)));

        var results = await RunAsync(client, concurrency: 1, ["a", "b"], _ => { });

        Assert.NotNull(results[0].Error);
        Assert.True(results[1].IsRight);
    }

    [Fact]
    public async Task A_cancelled_run_returns_what_is_done()
    {
        using var cancel = new CancellationTokenSource();
        using var client = new AnsweringClient(async (question, _, token) =>
        {
            if (question == "b")
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            }

            return Answer(question);
        });
        var runner = new CaseRunner<WordCase, WordResult>(client, new WordEvaluation(), new() { Concurrency = 1, MaxOutputTokens = 64 });

        var results = await runner.RunAsync([WordCase.Of("a"), WordCase.Of("b"), WordCase.Of("c")], _ => { }, cancel.Token).WaitAsync(HangGuard);

        Assert.Equal(["a"], results.Select(result => result.Case.Id));
    }

    private static ChatResponse Answer(string text) => new(new ChatMessage(ChatRole.Assistant, text));

    private static Task<IReadOnlyList<WordResult>> RunAsync(IChatClient client, int concurrency, IReadOnlyList<string> ids, Action<WordResult> onResult) =>
        new CaseRunner<WordCase, WordResult>(client, new WordEvaluation(), new() { Concurrency = concurrency, MaxOutputTokens = 64 })
            .RunAsync([.. ids.Select(id => WordCase.Of(id))], onResult, CancellationToken.None).WaitAsync(HangGuard);
}
