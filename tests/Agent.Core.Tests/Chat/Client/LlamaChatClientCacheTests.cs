using Agent.Core.Chat.Client;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Core.Tests.Chat.Prompting;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Chat.Client;

/// <summary>What of a request stays in the KV cache for those after it, on a context without llama.cpp.</summary>
public sealed class LlamaChatClientCacheTests
{
    private static readonly string Agent = string.Concat(Enumerable.Repeat("Answer in one sentence. ", 10));
    private readonly PairTokenizer _tokenizer = PairTokenizer.Qwen;

    [Fact]
    public async Task A_turn_that_a_stop_string_ends_leaves_its_cells_and_its_timings()
    {
        await using var engine = await StartAsync(new FakeDecoderContext(_tokenizer.VocabularySize, maxSequences: 1, contextPerSequence: 4096));
        using var client = NewClient(engine);
        var stop = await FirstLetterAsync(client);

        var stopped = await client.GetResponseAsync("Hello", Endless(stop));
        var again = await client.GetResponseAsync("Hello", Endless(stop));

        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
        Assert.Contains("decode_us", stopped.Usage!.AdditionalCounts!.Keys);
        Assert.Equal(stopped.Usage.OutputTokenCount, again.Usage!.OutputTokenCount);
        Assert.Equal(again.Usage.InputTokenCount - 1, again.Usage.CachedInputTokenCount);
    }

    [Fact]
    public async Task A_turn_that_ends_while_the_engine_waits_for_its_reader_comes_to_its_end()
    {
        var context = new FakeDecoderContext(_tokenizer.VocabularySize, maxSequences: 1, contextPerSequence: 4096);
        await using var engine = await StartAsync(context);
        using var client = NewClient(engine);
        var stop = await FirstLetterAsync(client);
        var before = context.Steps;

        await using var updates = client.GetStreamingResponseAsync("Hello", Endless(stop)).GetAsyncEnumerator();
        var more = updates.MoveNextAsync();
        while (context.Steps < before + 512)
        {
            await Task.Yield();
        }

        UsageContent? usage = null;
        for (; await more; more = updates.MoveNextAsync())
        {
            usage = updates.Current.Contents.OfType<UsageContent>().FirstOrDefault() ?? usage;
        }

        Assert.True(usage!.Details.OutputTokenCount < 512);
        Assert.Contains("decode_us", usage.Details.AdditionalCounts!.Keys);
    }

    [Fact]
    public async Task The_system_message_stays_while_other_requests_come_and_go()
    {
        await using var engine = await StartAsync(new FakeDecoderContext(_tokenizer.VocabularySize, maxSequences: 2, contextPerSequence: 4096));
        using var client = NewClient(engine);
        await client.GetResponseAsync("First", Short(Agent));
        for (var i = 0; i < 5; i++)
        {
            await client.GetResponseAsync("Hello", Short($"{i} is what somebody else is told, who shares nothing."));
        }

        var response = await client.GetResponseAsync("Second", Short(Agent));

        Assert.True(response.Usage!.CachedInputTokenCount > Agent.Length / 2, $"{response.Usage.CachedInputTokenCount} of {response.Usage.InputTokenCount}");
    }

    [Fact]
    public async Task Requests_of_another_salt_find_nothing()
    {
        await using var engine = await StartAsync(new FakeDecoderContext(_tokenizer.VocabularySize, maxSequences: 2, contextPerSequence: 4096));
        using var client = NewClient(engine);
        async Task<long?> CachedAsync(string salt)
        {
            var options = Short(Agent);
            options.AdditionalProperties!["cache_salt"] = salt;
            return (await client.GetResponseAsync("Hello", options)).Usage!.CachedInputTokenCount;
        }

        Assert.Equal(0, await CachedAsync("a"));
        Assert.Equal(0, await CachedAsync("b"));
        Assert.True(await CachedAsync("a") > Agent.Length / 2);
    }

    private static ChatOptions Short(string instructions) => new() { Instructions = instructions, MaxOutputTokens = 2, AdditionalProperties = new() { ["ignore_eos"] = true } };

    private static ChatOptions Endless(string stop) => new() { StopSequences = [stop], AdditionalProperties = new() { ["ignore_eos"] = true } };

    private static Task<InferenceEngine> StartAsync(FakeDecoderContext context) =>
        InferenceEngine.StartAsync(() => context, PairTokenizer.Qwen, new EngineOptions(), NullLogger.Instance, TimeProvider.System);

    private LlamaChatClient NewClient(InferenceEngine engine) => new(engine, _tokenizer, new QwenChatTemplate(), new LlamaChatClientOptions { ModelId = "fake" });

    /// <summary>A letter of the answer, so that it ends early when that is a stop string. A salt of its own keeps this request out of what is tested.</summary>
    private static async Task<string> FirstLetterAsync(LlamaChatClient client)
    {
        var options = new ChatOptions { MaxOutputTokens = 40, AdditionalProperties = new() { ["ignore_eos"] = true, ["cache_salt"] = "other" } };
        var text = (await client.GetResponseAsync("Hello", options)).Text;
        return text.First(char.IsAsciiLetter).ToString();
    }
}
