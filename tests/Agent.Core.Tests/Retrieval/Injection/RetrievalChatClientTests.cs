using Agent.Core.Prompts;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Injection;
using Agent.Core.Tests.Testing;
using Agent.Testing;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Testing.ScriptedSearch;

namespace Agent.Core.Tests.Retrieval.Injection;

public sealed class RetrievalChatClientTests
{
    private static readonly PromptLibrary Prompts = PromptLibrary.Load(Path.Combine(Repository.Root, "prompts"));
    private static readonly ChatMessage[] Question = [new(ChatRole.System, "Help."), new(ChatRole.User, "When does the lighthouse open?")];

    [Fact]
    public async Task The_model_reads_the_passages_and_the_callers_messages_stay()
    {
        var model = new ScriptedChatClient(new ScriptedRound().Text("At nine [1]."));
        using var client = Client(model);

        await client.GetResponseAsync(Question);

        Assert.Contains("[1] Hours\nThe lighthouse opens at nine.", model.Requests[0].Messages[1].Text, StringComparison.Ordinal);
        Assert.Equal("When does the lighthouse open?", Question[1].Text);
        Assert.Same(Question[0], model.Requests[0].Messages[0]);
    }

    [Fact]
    public async Task An_answer_carries_its_citations()
    {
        using var client = Client(new ScriptedChatClient(new ScriptedRound().Text("At nine [1], in Bergen [2]; always [1]. No [9].").Usage(7, 3).Finish(ChatFinishReason.Stop)));

        var response = await client.GetResponseAsync(Question);

        var text = Assert.IsType<TextContent>(response.Messages[0].Contents.First(c => c is TextContent));
        var annotations = text.Annotations!.Cast<CitationAnnotation>().ToList();
        Assert.Equal(["Hours", "Places > Coast"], annotations.Select(a => a.Title));
        Assert.Equal([null, new Uri("https://docs.example/places")], annotations.Select(a => a.Url));
        Assert.Equal(["hours.md", "https://docs.example/places"], annotations.Select(a => a.FileId));
        Assert.Equal("The lighthouse opens at nine.", annotations[0].Snippet);
        Assert.Equal(1, annotations[0].AdditionalProperties!["number"]);
        Assert.Equal(["[1]", "[1]"], Marks(annotations[0], text.Text));
        Assert.Equal(["[2]"], Marks(annotations[1], text.Text));
        Assert.Equal((7L, ChatFinishReason.Stop), (response.Usage!.InputTokenCount!.Value, response.FinishReason!.Value));
    }

    [Fact]
    public async Task A_stream_ends_with_its_citations_and_makes_one_message()
    {
        using var client = Client(new ScriptedChatClient(new ScriptedRound().Text("At ni").Text("ne [").Text("1].").Finish(ChatFinishReason.Stop)));

        List<ChatResponseUpdate> updates = [];
        await foreach (var update in client.GetStreamingResponseAsync(Question))
        {
            updates.Add(update);
        }

        Assert.Equal(["At ni", "ne [", "1]."], updates.Take(3).Select(u => u.Text));
        var last = Assert.IsType<TextContent>(Assert.Single(updates[^1].Contents));
        var response = updates.ToChatResponse();
        Assert.Equal(["[1]"], Marks((CitationAnnotation)Assert.Single(last.Annotations!), response.Text));
        Assert.Equal("At nine [1].", Assert.Single(response.Messages).Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Single(response.Messages[0].Contents.SelectMany(c => c.Annotations ?? []));
    }

    [Fact]
    public async Task Regions_lie_in_the_content_that_carries_them_and_a_lent_response_stays_as_it_is()
    {
        var lent = new ChatResponse(new ChatMessage(ChatRole.Assistant, [new TextContent("Nine [1]. "), new DataContent(new byte[] { 1 }, "image/png"), new TextContent("Bergen [2]")]));
        using var client = Client(new LendingClient(lent));

        var response = await client.GetResponseAsync(Question);

        var second = (TextContent)response.Messages[0].Contents[2];
        Assert.Equal(["[2]"], Marks((CitationAnnotation)Assert.Single(second.Annotations!), second.Text));
        Assert.All(lent.Messages[0].Contents, content => Assert.Null(content.Annotations));
        Assert.Same(lent.Messages[0].Contents[1], response.Messages[0].Contents[1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_search_that_fails_fails_the_request_or_is_gone_without(bool goesOn)
    {
        var model = new ScriptedChatClient(new ScriptedRound().Text("At nine [1]."));
        var injector = new PassageInjector(
            new ScriptedSearch((_, _) => throw new InvalidDataException("broken")),
            Prompts,
            new() { OnSearchFailure = goesOn ? SearchFailureBehavior.AnswerWithoutPassages : SearchFailureBehavior.Fail });
        using var client = new RetrievalChatClient(model, injector);

        if (goesOn)
        {
            Assert.Equal("At nine [1].", (await client.GetResponseAsync(Question)).Text);
            Assert.Equal("When does the lighthouse open?", model.Requests[0].Messages[1].Text);
        }
        else
        {
            await Assert.ThrowsAsync<RetrievalException>(() => client.GetResponseAsync(Question));
            await Assert.ThrowsAsync<RetrievalException>(async () => await client.GetStreamingResponseAsync(Question).ToChatResponseAsync());
            Assert.Empty(model.Requests);
        }
    }

    [Fact]
    public async Task Cancellation_reaches_the_search()
    {
        using var source = new CancellationTokenSource();
        var token = CancellationToken.None;
        using var client = new RetrievalChatClient(new ScriptedChatClient(new ScriptedRound().Text("a")), new PassageInjector(
            new ScriptedSearch((_, given) =>
            {
                token = given;
                return Task.FromResult<IReadOnlyList<PassageHit>>([]);
            }),
            Prompts));

        await client.GetResponseAsync(Question, cancellationToken: source.Token);
        await source.CancelAsync();

        Assert.True(token.IsCancellationRequested);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync(Question, cancellationToken: source.Token));
    }

    [Fact]
    public async Task Many_requests_at_once_do_not_meet()
    {
        var search = new ScriptedSearch((query, _) => Task.FromResult<IReadOnlyList<PassageHit>>([Hit($"about {query.Text}", 1, query.Text, query.Text)]));
        using var client = new RetrievalChatClient(new ScriptedChatClient(_ => new ScriptedRound().Text("Yes [1].")), new PassageInjector(search, Prompts));

        var responses = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => client.GetResponseAsync($"subject{i} thing{i}"))));

        Assert.Equal(
            Enumerable.Range(0, 64).Select(i => $"subject{i} thing{i}"),
            responses.Select(r => ((CitationAnnotation)r.Messages[0].Contents[0].Annotations![0]).Title));
    }

    private static IEnumerable<string> Marks(CitationAnnotation annotation, string text) =>
        annotation.AnnotatedRegions!.Cast<TextSpanAnnotatedRegion>().Select(r => text[r.StartIndex!.Value..r.EndIndex!.Value]);

    private static RetrievalChatClient Client(IChatClient model) => new(model, new PassageInjector(
        new ScriptedSearch(
            Hit("The lighthouse opens at nine.", 3, "Hours", "hours.md"),
            Hit("The lighthouse is in Bergen.", 2, "Places", "https://docs.example/places", 0, null, "Coast")),
        Prompts));

    private sealed class LendingClient(ChatResponse response) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(response);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
