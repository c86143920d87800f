using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Core.Tests.Chat.Client;

/// <summary>
/// What every chat client that the tool loop may run on must keep to. A client subclasses it and says how it is made; nothing
/// here knows what it answers.
/// </summary>
public abstract class ChatClientContract
{
    private static readonly AIFunction Weather = AIFunctionFactory.Create((string city) => $"{city}: 21", "get_current_weather", "Get the current weather for a city");

    /// <summary>Makes a client; the suite disposes it.</summary>
    protected abstract IChatClient CreateChatClient();

    private static List<ChatMessage> Conversation() => [new(ChatRole.System, "You are a helpful assistant."), new(ChatRole.User, "What is the weather in Paris?")];

    private static ChatOptions Options() => new() { MaxOutputTokens = 48, Temperature = 0 };

    [Fact]
    public async Task Streaming_and_not_streaming_give_the_same_answer()
    {
        using var client = CreateChatClient();

        var whole = await client.GetResponseAsync(Conversation(), Options());
        var streamed = await client.GetStreamingResponseAsync(Conversation(), Options()).ToChatResponseAsync();

        Assert.Equal(whole.Text, streamed.Text);
        Assert.Equal(whole.FinishReason, streamed.FinishReason);
        Assert.Equal(whole.Usage!.InputTokenCount, streamed.Usage!.InputTokenCount);
        Assert.Equal(whole.Usage.OutputTokenCount, streamed.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task A_response_tells_its_usage_model_and_reason()
    {
        using var client = CreateChatClient();

        var response = await client.GetResponseAsync(Conversation(), Options());

        Assert.NotNull(response.FinishReason);
        Assert.False(string.IsNullOrEmpty(response.ModelId));
        Assert.False(string.IsNullOrEmpty(response.ResponseId));
        Assert.NotNull(response.CreatedAt);
        var usage = Assert.IsType<UsageDetails>(response.Usage);
        Assert.True(usage.InputTokenCount > 0);
        Assert.True(usage.OutputTokenCount > 0);
        Assert.InRange(usage.CachedInputTokenCount ?? 0, 0, usage.InputTokenCount!.Value);
        Assert.Equal(usage.InputTokenCount + usage.OutputTokenCount, usage.TotalTokenCount);
    }

    [Fact]
    public async Task Every_update_of_a_response_bears_the_same_ids_and_only_the_last_a_reason()
    {
        using var client = CreateChatClient();

        var updates = await client.GetStreamingResponseAsync(Conversation(), Options()).ToListAsync();

        Assert.Single(updates.Select(u => u.ResponseId).Distinct());
        Assert.Single(updates.Select(u => u.MessageId).Distinct());
        Assert.All(updates, u => Assert.Equal(ChatRole.Assistant, u.Role));
        Assert.All(updates.SkipLast(1), u => Assert.Null(u.FinishReason));
        Assert.NotNull(updates[^1].FinishReason);
    }

    [Fact]
    public async Task Two_responses_bear_different_ids()
    {
        using var client = CreateChatClient();

        var first = await client.GetResponseAsync(Conversation(), Options());
        var second = await client.GetResponseAsync(Conversation(), Options());

        Assert.NotEqual(first.ResponseId, second.ResponseId);
    }

    [Fact]
    public async Task Nothing_of_the_caller_is_changed()
    {
        using var client = CreateChatClient();
        var messages = Conversation();
        var options = Options();
        options.Tools = [Weather];
        options.Instructions = "Be brief.";
        options.StopSequences = ["###"];
        var before = Snapshot(messages, options);

        await client.GetResponseAsync(messages, options);

        Assert.Equal(before, Snapshot(messages, options));
    }

    [Fact]
    public async Task A_demanded_tool_is_called()
    {
        using var client = CreateChatClient();
        var options = Options();
        options.Tools = [Weather];
        options.ToolMode = ChatToolMode.RequireSpecific("get_current_weather");

        var response = await client.GetResponseAsync(Conversation(), options);

        var call = response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().First();
        Assert.Equal("get_current_weather", call.Name);
        Assert.False(string.IsNullOrEmpty(call.CallId));
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task No_tool_is_called_where_calls_are_off()
    {
        using var client = CreateChatClient();
        var options = Options();
        options.Tools = [Weather];
        options.ToolMode = ChatToolMode.None;

        var response = await client.GetResponseAsync(Conversation(), options);

        Assert.DoesNotContain(response.Messages.SelectMany(m => m.Contents), c => c is FunctionCallContent);
        Assert.NotEqual(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task The_token_limit_is_kept()
    {
        using var client = CreateChatClient();
        var options = Options();
        options.MaxOutputTokens = 2;

        var response = await client.GetResponseAsync(Conversation(), options);

        Assert.InRange(response.Usage!.OutputTokenCount!.Value, 1, 2);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
    }

    [Fact]
    public async Task A_cancelled_request_throws_and_the_next_one_works()
    {
        using var client = CreateChatClient();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync(Conversation(), Options(), cancelled.Token));

        Assert.NotEmpty((await client.GetResponseAsync(Conversation(), Options())).Messages);
    }

    [Fact]
    public async Task Requests_side_by_side_do_not_mix()
    {
        using var client = CreateChatClient();
        string[] words = ["alpha", "beta", "gamma", "delta"];
        List<ChatMessage> Ask(string word) => [new(ChatRole.User, $"Repeat the word {word}.")];
        var alone = new List<string>();
        foreach (var word in words)
        {
            alone.Add((await client.GetResponseAsync(Ask(word), Options())).Text);
        }

        var together = await Task.WhenAll(words.Select(w => client.GetResponseAsync(Ask(w), Options())));

        Assert.Equal(alone, together.Select(r => r.Text));
    }

    [Fact]
    public async Task No_messages_are_an_error()
    {
        using var client = CreateChatClient();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync((IEnumerable<ChatMessage>)null!));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync([]));
    }

    [Fact]
    public void The_client_describes_itself()
    {
        using var client = CreateChatClient();

        var metadata = client.GetService<ChatClientMetadata>();

        Assert.False(string.IsNullOrEmpty(metadata?.ProviderName));
        Assert.False(string.IsNullOrEmpty(metadata.DefaultModelId));
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Null(client.GetService(typeof(ChatClientContract)));
    }

    private static string Snapshot(List<ChatMessage> messages, ChatOptions options) => JsonSerializer.Serialize(
        new
        {
            messages = messages.Select(m => new { role = m.Role.Value, m.Text, m.MessageId, count = m.Contents.Count }),
            options.Instructions,
            options.MaxOutputTokens,
            options.Temperature,
            stop = options.StopSequences,
            tools = options.Tools?.Select(t => t.Name),
            options.ModelId,
        });
}
