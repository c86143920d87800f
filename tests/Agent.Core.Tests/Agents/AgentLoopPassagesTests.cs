using System.Text.Json;
using Agent.Core.Agents;
using Agent.Core.Agents.Passages;
using Agent.Core.Prompts;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Injection;
using Agent.Core.Tests.Testing;
using Agent.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;
using static Agent.Core.Tests.Testing.ScriptedSearch;

namespace Agent.Core.Tests.Agents;

/// <summary>Passages stand before the model in every round of a run, never in its transcript, and citations come out with the end.</summary>
public sealed class AgentLoopPassagesTests
{
    private static readonly PromptLibrary Prompts = PromptLibrary.Load(Path.Combine(Repository.Root, "prompts"));
    private static readonly ChatMessage[] Asked = [new(ChatRole.System, "Help."), new(ChatRole.User, "When does the lighthouse open?")];
    private static readonly PassageHit[] Hits = [Hit("The lighthouse opens at nine.", 3, "Hours", "hours.md", 2, "h", "Summer"), Hit("The lighthouse is in Bergen.", 2, "Places", "places.md", 0, "p")];
    private static readonly PassageHit[] More = [Hit("The lighthouse is in Bergen.", 5, "Places", "places.md", 0, "p"), Hit("The keeper of the lighthouse is Ada.", 4, "People", "people.md", 0, "q")];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_round_reads_the_passages_and_the_transcript_has_none(bool streaming)
    {
        var search = new ScriptedSearch(Hits);
        var model = new ScriptedChatClient(new ScriptedRound().Call("1", "look"), new ScriptedRound().Text("At nine [1], in Bergen [2][7]."));

        var (events, finished) = await RunAsync(Loop(model, search), Asked, streaming, Tool("look", () => "seen"));

        Assert.Single(search.Queries);
        Assert.All(model.Requests, request => Assert.Equal(model.Requests[0].Messages[1].Text, request.Messages[1].Text));
        Assert.Contains("[1] Hours > Summer\nThe lighthouse opens at nine.\n\n[2] Places", model.Requests[1].Messages[1].Text, StringComparison.Ordinal);
        Assert.Equal("When does the lighthouse open?", Asked[1].Text);
        Assert.DoesNotContain(finished.NewMessages, m => m.Role == ChatRole.User || m.Text.Contains("opens at nine", StringComparison.Ordinal));
        var injected = Assert.IsType<AgentPassagesInjected>(events[0]);
        Assert.Equal([new AgentPassage("h", "hours.md", 1, 3), new AgentPassage("p", "places.md", 2, 2)], injected.Passages);
        Assert.Equal([(1, "hours.md", 8, 11), (2, "places.md", 23, 26)], finished.Citations.Select(c => (c.Number, c.Passage.Source, c.Start, c.End)));
        Assert.Equal(("Hours", "Summer", 20, 49), (finished.Citations[0].Passage.Title, finished.Citations[0].Passage.HeadingPath[0], finished.Citations[0].Passage.Start, finished.Citations[0].Passage.End));
        Assert.Equal(7, Assert.Single(finished.UnknownCitations).Number);
    }

    [Fact]
    public async Task The_next_question_retrieves_anew_over_a_history_without_passages()
    {
        var search = new ScriptedSearch(Hits);
        var model = new ScriptedChatClient(new ScriptedRound().Text("At nine [1]."), new ScriptedRound().Text("At ten [1]."));
        var loop = Loop(model, search);
        var first = await loop.RunToCompletionAsync(Asked, new());

        var second = await loop.RunToCompletionAsync([.. Asked, .. first.NewMessages, new(ChatRole.User, "and in winter?")], new());

        Assert.Equal(["When does the lighthouse open?", "lighthouse open and in winter?"], search.Queries.Select(q => q.Text));
        Assert.Equal(["Help.", "When does the lighthouse open?", "At nine [1]."], model.Requests[1].Messages.Take(3).Select(m => m.Text));
        Assert.Contains("Question: and in winter?", model.Requests[1].Messages[3].Text, StringComparison.Ordinal);
        Assert.Equal("hours.md", Assert.Single(second.Citations).Passage.Source);
    }

    [Fact]
    public async Task Where_nothing_is_found_the_model_is_told_and_a_citation_is_unknown()
    {
        var model = new ScriptedChatClient(new ScriptedRound().Text("Nine [1]."));

        var (events, finished) = await RunAsync(Loop(model, new ScriptedSearch()), Asked, true);

        Assert.Empty(Assert.Single(events.OfType<AgentPassagesInjected>()).Passages);
        Assert.Contains("no passage in the documents fits", model.Requests[0].Messages[1].Text, StringComparison.Ordinal);
        Assert.Empty(finished.Citations);
        Assert.Equal(1, Assert.Single(finished.UnknownCitations).Number);
    }

    [Fact]
    public async Task Without_passages_brackets_in_an_answer_mean_nothing()
    {
        var result = await new AgentLoop(new ScriptedChatClient(new ScriptedRound().Text("See [1]."))).RunToCompletionAsync(Asked, new());

        Assert.Empty(result.Citations);
        Assert.Empty(result.Finished.UnknownCitations);
    }

    [Fact]
    public async Task A_run_that_is_resumed_after_an_approval_retrieves_again_for_the_same_question()
    {
        var search = new ScriptedSearch(Hits);
        var model = new ScriptedChatClient(new ScriptedRound().Call("1", "pay"), new ScriptedRound().Text("Paid [2]."));
        var loop = Loop(model, search);
        var request = new AgentRequest { Tools = [new ApprovalRequiredAIFunction(Tool("pay", () => "paid"))] };
        var first = await loop.RunToCompletionAsync(Asked, request);
        Assert.Equal(AgentFinishReason.ApprovalRequired, first.Reason);

        var answer = new ChatMessage(ChatRole.User, [first.Finished.PendingApprovals[0].CreateResponse(approved: true, reason: null)]);
        var second = await loop.RunToCompletionAsync([.. Asked, .. first.NewMessages, answer], request);

        Assert.Equal(["When does the lighthouse open?", "When does the lighthouse open?"], search.Queries.Select(q => q.Text));
        Assert.Equal(model.Requests[0].Messages[1].Text, model.Requests[1].Messages[1].Text);
        Assert.Equal([ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.Tool], model.Requests[1].Messages.Select(m => m.Role));
        Assert.Equal("places.md", Assert.Single(second.Citations).Passage.Source);
    }

    [Fact]
    public async Task Numbers_of_the_tool_go_on_through_the_run()
    {
        var tool = new SearchPassagesFunction(new ScriptedSearch(More));
        var model = new ScriptedChatClient(
            new ScriptedRound().Call("1", "search_passages", new { query = "lighthouse keeper" }),
            new ScriptedRound().Call("2", "search_passages", new { query = "lighthouse place", top = 1 }),
            new ScriptedRound().Text("Ada [3] in Bergen [2], from nine [1]. [4]"));

        var (events, finished) = await RunAsync(Loop(model, new ScriptedSearch(Hits)), Asked, true, tool);

        Assert.Equal(
            [("1", "[2] Places\nThe lighthouse is in Bergen.\n\n[3] People\nThe keeper of the lighthouse is Ada."), ("2", "[2] Places\nThe lighthouse is in Bergen.")],
            Results(finished));
        Assert.Equal([(3, "people.md"), (2, "places.md"), (1, "hours.md")], finished.Citations.Select(c => (c.Number, c.Passage.Source)));
        Assert.Equal(4, Assert.Single(finished.UnknownCitations).Number);
        Assert.All(events.OfType<AgentToolCallFinished>(), e => Assert.True(e.Succeeded));
    }

    [Fact]
    public async Task Searches_that_run_side_by_side_share_no_number()
    {
        var tool = new SearchPassagesFunction(new ScriptedSearch((query, _) => Task.FromResult<IReadOnlyList<PassageHit>>([Hit($"{query.Text} one", 2, id: query.Text + "1"), Hit($"{query.Text} two", 1, id: query.Text + "2")])));
        var round = Enumerable.Range(0, 8).Aggregate(new ScriptedRound(), (r, i) => r.Call($"{i}", "search_passages", new { query = $"subject{i}" }));
        var model = new ScriptedChatClient(round, new ScriptedRound().Text(string.Concat(Enumerable.Range(1, 16).Select(i => $"[{i}]"))));

        var result = await new AgentLoop(model).RunToCompletionAsync(Asked, new() { Tools = [tool] });

        Assert.Equal(16, result.Citations.Select(c => c.Passage.Id).Distinct().Count());
        Assert.Empty(result.Finished.UnknownCitations);
        foreach (var (_, content) in Results(result.Finished))
        {
            var number = int.Parse(content[1..content.IndexOf(']', StringComparison.Ordinal)]);
            Assert.StartsWith($"[{number}] {result.Citations.Single(c => c.Number == number).Passage.Text}", content, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Numbers_go_on_behind_those_of_a_run_that_waited_for_approval()
    {
        var model = new ScriptedChatClient(
            new ScriptedRound().Call("1", "search_passages", new { query = "lighthouse keeper" }).Call("2", "pay"),
            new ScriptedRound().Call("3", "search_passages", new { query = "lighthouse keeper again" }),
            new ScriptedRound().Text("Done [3]."));
        var request = new AgentRequest { Tools = [new ApprovalRequiredAIFunction(Tool("pay", () => "paid")), new SearchPassagesFunction(new ScriptedSearch(More))] };
        var loop = new AgentLoop(model);
        var first = await loop.RunToCompletionAsync(Asked, request);
        var answer = new ChatMessage(ChatRole.User, [first.Finished.PendingApprovals[0].CreateResponse(approved: true, reason: null)]);

        var second = await loop.RunToCompletionAsync([.. Asked, .. first.NewMessages, answer], request);

        Assert.StartsWith("[1] Places", Results(first.Finished)[0].Content, StringComparison.Ordinal);
        Assert.StartsWith("[3] Places", Results(second.Finished)[1].Content, StringComparison.Ordinal);
        Assert.Equal("places.md", Assert.Single(second.Citations).Passage.Source);
    }

    [Fact]
    public async Task Numbers_go_on_behind_those_of_a_stored_run_and_no_other_tool_moves_them()
    {
        var model = new ScriptedChatClient(
            new ScriptedRound().Call("1", "search_passages", new { query = "lighthouse keeper" }).Call("2", "list").Call("3", "pay"),
            new ScriptedRound().Call("4", "search_passages", new { query = "lighthouse keeper again" }),
            new ScriptedRound().Text("Done [1] [3]."));
        var request = new AgentRequest
        {
            Tools = [new ApprovalRequiredAIFunction(Tool("pay", () => "paid")), Tool("list", () => "[999] x"), new SearchPassagesFunction(new ScriptedSearch(More))],
        };
        var loop = new AgentLoop(model);
        var first = await loop.RunToCompletionAsync(Asked, request);
        var answer = new ChatMessage(ChatRole.User, [first.Finished.PendingApprovals[0].CreateResponse(approved: true, reason: null)]);
        var stored = JsonSerializer.Serialize<IReadOnlyList<ChatMessage>>([.. Asked, .. first.NewMessages, answer], AIJsonUtilities.DefaultOptions);

        var second = await loop.RunToCompletionAsync(JsonSerializer.Deserialize<List<ChatMessage>>(stored, AIJsonUtilities.DefaultOptions)!, request);

        Assert.StartsWith("[3] Places", Results(second.Finished)[1].Content, StringComparison.Ordinal);
        Assert.Equal((3, "places.md"), (Assert.Single(second.Citations).Number, second.Citations[0].Passage.Source));
        Assert.Equal(1, Assert.Single(second.Finished.UnknownCitations).Number);
    }

    [Fact]
    public async Task Parts_that_share_their_state_cite_what_any_of_them_found_and_search_once_for_the_question()
    {
        var before = new ScriptedSearch(Hits);
        var model = new ScriptedChatClient(
            new ScriptedRound().Call("1", "search_passages", new { query = "lighthouse keeper" }).Call("2", "pay"),
            new ScriptedRound().Call("3", "search_passages", new { query = "lighthouse keeper again" }),
            new ScriptedRound().Text("From nine [1], Ada [3], Bergen [2]."));
        var tool = new SearchPassagesFunction(new ScriptedSearch(More));
        var request = new AgentRequest { Tools = [new ApprovalRequiredAIFunction(Tool("pay", () => "paid")), tool], RunState = new ToolRunState() };
        var loop = Loop(model, before);
        var first = await loop.RunToCompletionAsync(Asked, request);
        ChatMessage[] answered = [.. Asked, .. first.NewMessages, new(ChatRole.User, [first.Finished.PendingApprovals[0].CreateResponse(approved: true, reason: null)])];

        List<AgentEvent> events = [];
        await foreach (var next in loop.RunAsync(answered, request).Guarded())
        {
            events.Add(next);
        }

        var second = Assert.IsType<AgentFinished>(events[^1]);
        Assert.Equal([(1, "hours.md"), (3, "people.md"), (2, "places.md")], second.Citations.Select(c => (c.Number, c.Passage.Source)));
        Assert.Empty(second.UnknownCitations);
        Assert.Equal(Results(first.Finished)[0].Content, Results(second)[1].Content);
        Assert.Single(before.Queries);
        Assert.Empty(events.OfType<AgentPassagesInjected>());
        Assert.All(model.Requests, sent => Assert.Equal(model.Requests[0].Messages[1].Text, sent.Messages[1].Text));
    }

    [Fact]
    public async Task State_that_is_shared_with_another_question_gives_it_no_passages_of_the_first()
    {
        var search = new ScriptedSearch(Hits);
        var model = new ScriptedChatClient(new ScriptedRound().Text("At nine."), new ScriptedRound().Text("Bergen."));
        var request = new AgentRequest { RunState = new ToolRunState() };

        await Loop(model, search).RunToCompletionAsync(Asked, request);
        await Loop(model, search).RunToCompletionAsync([new(ChatRole.User, "Where is the lighthouse?")], request);

        Assert.Equal(["When does the lighthouse open?", "Where is the lighthouse?"], search.Queries.Select(q => q.Text));
    }

    [Fact]
    public async Task A_search_that_fails_leaves_an_approved_call_to_the_next_try()
    {
        var ran = 0;
        var fails = false;
        var search = new ScriptedSearch((_, _) => fails ? throw new IOException("gone") : Task.FromResult<IReadOnlyList<PassageHit>>(Hits));
        var model = new ScriptedChatClient(new ScriptedRound().Call("1", "pay"), new ScriptedRound().Text("Paid."));
        var request = new AgentRequest { Tools = [new ApprovalRequiredAIFunction(Tool("pay", () => $"paid {Interlocked.Increment(ref ran)}"))] };
        var first = await Loop(model, search).RunToCompletionAsync(Asked, request);
        ChatMessage[] answered = [.. Asked, .. first.NewMessages, new(ChatRole.User, [first.Finished.PendingApprovals[0].CreateResponse(approved: true, reason: null)])];
        fails = true;

        await Assert.ThrowsAsync<RetrievalException>(() => Loop(model, search).RunToCompletionAsync(answered, request));
        Assert.Equal(0, ran);
        fails = false;
        var second = await Loop(model, search).RunToCompletionAsync(answered, request);

        Assert.Equal(("Paid.", 1), (second.Text, ran));
    }

    [Fact]
    public async Task The_time_limit_of_a_search_closes_an_approved_call()
    {
        var time = new ManualTimeProvider();
        var hangs = false;
        var searching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var search = new ScriptedSearch(async (_, token) =>
        {
            if (hangs)
            {
                searching.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            }

            return Hits;
        });
        var ran = 0;
        var model = new ScriptedChatClient(new ScriptedRound().Call("1", "pay").Call("2", "pay", new { x = 1 }));
        var request = new AgentRequest { Tools = [new ApprovalRequiredAIFunction(RawTool("pay", (_, _) => ValueTask.FromResult<object?>($"paid {Interlocked.Increment(ref ran)}")))] };
        var loop = new AgentLoop(model, new() { Passages = new(search, Prompts) }, timeProvider: time);
        var first = await loop.RunToCompletionAsync(Asked, request);
        hangs = true;

        var running = loop.RunToCompletionAsync([.. Asked, .. first.NewMessages, new(ChatRole.User, [first.Finished.PendingApprovals[0].CreateResponse(approved: true, reason: null)])], request);
        await searching.Task.WaitAsync(HangGuard);
        time.Advance(new AgentLimits().MaxDuration);
        var second = await running.WaitAsync(HangGuard);

        // Nobody wants it carried out with the next question; what was not answered goes on waiting.
        Assert.Equal((AgentFinishReason.ApprovalRequired, 0), (second.Reason, ran));
        var (callId, content) = Assert.Single(Results(second.Finished));
        Assert.Equal("1", callId);
        Assert.Contains("time limit", content, StringComparison.Ordinal);
        Assert.Equal("2", Assert.Single(second.Finished.PendingApprovals).ToolCall.CallId);
    }

    [Fact]
    public async Task A_search_that_fails_fails_the_run_or_is_gone_without()
    {
        var broken = new ScriptedSearch((_, _) => throw new IOException("gone"));
        var model = new ScriptedChatClient(new ScriptedRound().Text("Nine."));

        await Assert.ThrowsAsync<RetrievalException>(() => Loop(model, broken).RunToCompletionAsync(Asked, new()));
        var without = Loop(model, broken, new() { OnSearchFailure = SearchFailureBehavior.AnswerWithoutPassages });
        var (events, finished) = await RunAsync(without, Asked, true);

        Assert.Equal(AgentFinishReason.Completed, finished.Reason);
        Assert.Empty(events.OfType<AgentPassagesInjected>());
        Assert.Equal("When does the lighthouse open?", Assert.Single(model.Requests).Messages[1].Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_time_limit_ends_a_search_too(bool listens)
    {
        var time = new ManualTimeProvider();
        var searching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<IReadOnlyList<PassageHit>>();
        var search = new ScriptedSearch((_, token) =>
        {
            searching.TrySetResult();
            return listens ? never.Task.WaitAsync(token) : never.Task;
        });
        var model = new ScriptedChatClient();
        var loop = new AgentLoop(model, new() { Passages = new(search, Prompts), Limits = new() { MaxDuration = TimeSpan.FromSeconds(5), CancellationGrace = TimeSpan.Zero } }, timeProvider: time);

        var run = loop.RunToCompletionAsync(Asked, new());
        await searching.Task.WaitAsync(HangGuard);
        time.Advance(TimeSpan.FromSeconds(6));
        var result = await run.WaitAsync(HangGuard);

        Assert.Equal(AgentFinishReason.TimeLimit, result.Reason);
        Assert.Empty(model.Requests);
    }

    [Fact]
    public async Task Whoever_cancels_or_leaves_while_it_searches_stops_the_search()
    {
        var searching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var search = new ScriptedSearch(async (_, token) =>
        {
            searching.TrySetResult();
            using var _1 = token.Register(() => stopped.TrySetResult());
            await Task.Delay(Timeout.Infinite, token);
            return [];
        });
        using var source = new CancellationTokenSource();

        var run = Loop(new ScriptedChatClient(), search).RunToCompletionAsync(Asked, new(), source.Token);
        await searching.Task.WaitAsync(HangGuard);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.WaitAsync(HangGuard));
        await stopped.Task.WaitAsync(HangGuard);
    }

    [Fact]
    public async Task Masks_and_caps_hold_for_the_tool()
    {
        var tool = new SearchPassagesFunction(new ScriptedSearch(Hit("the secret lighthouse " + new string('x', 3000))));
        var model = new ScriptedChatClient(new ScriptedRound().Call("1", "search_passages", new { query = "lighthouse" }), new ScriptedRound().Text("ok"));
        var loop = new AgentLoop(model, new() { Mask = new SecretMask(), Limits = new() { MaxToolResultBytes = 256 } });

        List<AgentEvent> events = [];
        await foreach (var next in loop.RunAsync(Asked, new() { Tools = [tool] }).Guarded())
        {
            events.Add(next);
        }

        var shown = Assert.Single(events.OfType<AgentToolCallFinished>()).Content;
        Assert.Contains("the *** lighthouse", shown, StringComparison.Ordinal);
        Assert.Contains("truncated", shown, StringComparison.Ordinal);
        Assert.Contains("the secret lighthouse", (string)((FunctionResultContent)model.Requests[1].Messages[^1].Contents[0]).Result!, StringComparison.Ordinal);
    }

    private static AgentLoop Loop(IChatClient model, IPassageSearch search, PassageInjectorOptions? options = null) =>
        new(model, new() { Passages = new PassageInjector(search, Prompts, options) });

    private static async Task<(List<AgentEvent> Events, AgentFinished Finished)> RunAsync(AgentLoop loop, ChatMessage[] messages, bool streaming, params AITool[] tools)
    {
        List<AgentEvent> events = [];
        await foreach (var next in loop.RunAsync(messages, new() { Tools = tools, Streaming = streaming }).Guarded())
        {
            events.Add(next);
        }

        AssertConsistent(events);
        return (events, (AgentFinished)events[^1]);
    }

    private sealed class SecretMask : ITextMask
    {
        public string Mask(string text) => text.Replace("secret", "***", StringComparison.Ordinal);
    }
}
