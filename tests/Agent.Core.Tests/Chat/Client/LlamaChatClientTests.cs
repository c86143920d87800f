using System.Reflection;
using Agent.Core.Chat.Client;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Tests.Inference;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Chat.Client;

/// <summary>The client over the real engine and the embedded model: the contract, and what is its own.</summary>
[Collection("embedded model")]
public sealed class LlamaChatClientTests(EmbeddedModelFixture fixture) : ChatClientContract, IAsyncLifetime
{
    private static readonly AIFunction Weather = AIFunctionFactory.Create((string city) => $"{city}: 21", "get_current_weather", "Get the current weather for a city");
    private static readonly AIFunction Clock = AIFunctionFactory.Create((string city) => $"{city}: 12:00", "get_local_time", "Get the local time in a city");
    private InferenceEngine _engine = null!;

    public async Task InitializeAsync() =>
        _engine = await InferenceEngine.StartAsync(fixture.Model, new EngineOptions { MaxSequences = 8 }, NullLogger.Instance);

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Theory]
    [InlineData("广州天气怎么样?", "广州")]
    [InlineData("What is the weather in Paris?", "Paris")]
    public async Task A_weather_question_becomes_a_call(string question, string city)
    {
        using var client = NewClient();

        var response = await client.GetResponseAsync(question, new ChatOptions { Tools = [Weather], MaxOutputTokens = 100 });

        var call = Assert.Single(response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
        Assert.Equal("get_current_weather", call.Name);
        Assert.Equal(city, call.Arguments!["city"]!.ToString());
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_goes_on_to_its_limit_where_the_end_of_the_turn_is_to_be_ignored(bool ignore)
    {
        using var client = NewClient();
        var options = new ChatOptions { Tools = [Weather], MaxOutputTokens = 90, AdditionalProperties = new() { ["ignore_eos"] = ignore } };

        var response = await client.GetResponseAsync("What is the weather in Paris?", options);

        Assert.Equal(ignore, response.Usage!.OutputTokenCount == 90);
        Assert.Equal(ignore ? ChatFinishReason.Length : ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task Eight_questions_at_once_each_get_their_own_answer()
    {
        using var client = NewClient();
        string[] cities = ["Paris", "London", "Tokyo", "Berlin", "广州", "北京", "上海", "深圳"];

        var responses = await Task.WhenAll(cities.Select(city => client.GetResponseAsync(Question(city), new ChatOptions { Tools = [Weather], MaxOutputTokens = 60 })));

        for (var i = 0; i < cities.Length; i++)
        {
            var call = Assert.Single(responses[i].Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
            Assert.Equal(cities[i], call.Arguments!["city"]!.ToString());
        }
    }

    [Fact]
    public async Task Cancelling_half_leaves_the_other_half_untouched_and_no_sequence_behind()
    {
        using var client = NewClient();
        string[] cities = ["Paris", "London", "Tokyo", "Berlin", "广州", "北京", "上海", "深圳"];
        using var cancel = new CancellationTokenSource();
        var started = 0;
        async Task<List<FunctionCallContent>> AskAsync(int i)
        {
            var calls = new List<FunctionCallContent>();
            var token = i % 2 == 0 ? cancel.Token : CancellationToken.None;
            // A cancelled reader holds on to its stream until the others have begun, so that all eight are under way.
            var options = new ChatOptions { Tools = [Weather], MaxOutputTokens = i % 2 == 0 ? 2000 : 60, ToolMode = i % 2 == 0 ? ChatToolMode.None : ChatToolMode.Auto };
            await foreach (var update in client.GetStreamingResponseAsync(Question(cities[i]), options, token))
            {
                calls.AddRange(update.Contents.OfType<FunctionCallContent>());
                if (i % 2 == 0 && Interlocked.Increment(ref started) == 1)
                {
                    await cancel.CancelAsync();
                }
            }

            return calls;
        }

        var asks = Enumerable.Range(0, 8).Select(AskAsync).ToArray();
        for (var i = 0; i < 8; i++)
        {
            if (i % 2 == 0)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asks[i]);
            }
            else
            {
                Assert.Equal(cities[i], Assert.Single(await asks[i]).Arguments!["city"]!.ToString());
            }
        }

        // One more request makes sure that the engine has run a step after the last cancellation.
        await client.GetResponseAsync("Hi", new ChatOptions { MaxOutputTokens = 1 });
        await WaitUntilIdleAsync();
        Assert.Equal(0, _engine.Status.Active);
        Assert.Equal(0, _engine.Status.Queued);
    }

    [Fact]
    public async Task A_demanded_call_names_one_of_the_offered_tools()
    {
        using var client = NewClient();
        var options = new ChatOptions { Tools = [Weather, Clock], ToolMode = ChatToolMode.RequireAny, MaxOutputTokens = 60 };

        var response = await client.GetResponseAsync("Hello, how are you?", options);

        var call = response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().First();
        Assert.Contains(call.Name, new[] { Weather.Name, Clock.Name });
    }

    [Fact]
    public async Task At_most_one_call_where_several_are_not_allowed()
    {
        using var client = NewClient();
        var options = new ChatOptions { Tools = [Weather], AllowMultipleToolCalls = false, MaxOutputTokens = 120 };

        var response = await client.GetResponseAsync("What is the weather in Paris and in London?", options);

        Assert.Single(response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>());
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task A_stop_string_ends_the_answer_and_is_not_in_it()
    {
        using var client = NewClient();
        var full = (await client.GetResponseAsync("Hello", new ChatOptions { MaxOutputTokens = 40 })).Text;
        Assert.True(full.Length > 8, full);
        var stop = full[4..7];

        var stopped = await client.GetResponseAsync("Hello", new ChatOptions { MaxOutputTokens = 40, StopSequences = [stop] });

        Assert.Equal(full[..full.IndexOf(stop, StringComparison.Ordinal)], stopped.Text);
        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
    }

    [Fact]
    public async Task A_seed_fixes_the_draws()
    {
        // How many threads compute changes the last digits, and without a number it follows from what else the machine does.
        await using var engine = await InferenceEngine.StartAsync(fixture.Model, new EngineOptions { MaxSequences = 1, Threads = 1 }, NullLogger.Instance);
        using var client = NewClient(engine);
        async Task<string> Draw(long seed) =>
            (await client.GetResponseAsync("Hello", new ChatOptions { Temperature = 5, Seed = seed, MaxOutputTokens = 24 })).Text;

        // What is computed and what comes from the cache differ as well, so the first request only fills the cache.
        await Draw(5);
        Assert.Equal(await Draw(5), await Draw(5));
        var others = new HashSet<string>();
        for (var seed = 0; seed < 5; seed++)
        {
            others.Add(await Draw(seed));
        }

        Assert.True(others.Count > 1, "five seeds gave the same text");
    }

    [Fact]
    public async Task The_prefix_that_two_requests_share_is_computed_once()
    {
        using var client = NewClient();
        await client.GetResponseAsync("What is the weather in Rome?", new ChatOptions { Tools = [Weather], MaxOutputTokens = 40 });

        var second = await client.GetResponseAsync("What is the weather in Oslo?", new ChatOptions { Tools = [Weather], MaxOutputTokens = 40 });

        Assert.True(second.Usage!.CachedInputTokenCount > second.Usage.InputTokenCount / 2, $"{second.Usage.CachedInputTokenCount} of {second.Usage.InputTokenCount}");
    }

    [Fact]
    public async Task A_conversation_over_the_context_is_refused_with_both_numbers_before_any_work()
    {
        using var client = NewClient();
        var text = string.Concat(Enumerable.Repeat("word ", 4000));

        var error = await Assert.ThrowsAsync<ContextOverflowException>(() => client.GetResponseAsync(text));

        Assert.True(error.PromptTokens > error.ContextTokens);
        Assert.Equal(_engine.ContextTokens, error.ContextTokens);
        Assert.Contains($"{error.PromptTokens:N0}", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, ChatOptions> Refused() => new()
    {
        { nameof(ChatOptions.ConversationId), new ChatOptions { ConversationId = "c" } },
        { nameof(ChatOptions.AllowBackgroundResponses), new ChatOptions { AllowBackgroundResponses = true } },
        { nameof(ChatOptions.Reasoning), new ChatOptions { Reasoning = new ReasoningOptions { Effort = ReasoningEffort.High } } },
        { nameof(ChatOptions.ModelId), new ChatOptions { ModelId = "another" } },
        { nameof(ChatOptions.RawRepresentationFactory), new ChatOptions { RawRepresentationFactory = _ => "text" } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_cannot_be_honoured_is_refused_by_name(string field, ChatOptions options)
    {
        using var client = NewClient();

        var error = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("Hi", options));

        Assert.Contains($"ChatOptions.{field}", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<ChatOptions> OutOfRange() => new()
    {
        new ChatOptions { Temperature = -1 },
        new ChatOptions { Temperature = float.NaN },
        new ChatOptions { TopP = 0 },
        new ChatOptions { TopP = 1.5f },
        new ChatOptions { TopK = -1 },
        new ChatOptions { FrequencyPenalty = 3 },
        new ChatOptions { PresencePenalty = -3 },
        new ChatOptions { MaxOutputTokens = 0 },
        new ChatOptions { StopSequences = [string.Empty] },
        new ChatOptions { ToolMode = ChatToolMode.RequireAny },
        new ChatOptions { Tools = [Weather], ToolMode = ChatToolMode.RequireSpecific("other") },
        new ChatOptions { Tools = [Weather, Weather] },
        new ChatOptions { AdditionalProperties = new() { ["min_p"] = 2f } },
        new ChatOptions { AdditionalProperties = new() { ["min_p"] = "x" } },
        new ChatOptions { AdditionalProperties = new() { ["ignore_eos"] = "yes" } },
        new ChatOptions { AdditionalProperties = new() { ["logit_bias"] = new Dictionary<int, float> { [1_000_000] = 1 } } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public async Task What_is_out_of_range_is_refused(ChatOptions options)
    {
        using var client = NewClient();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync("Hi", options));
    }

    [Fact]
    public void No_field_of_the_options_is_forgotten()
    {
        // A new version of the abstractions that adds a field fails here, so that somebody decides what becomes of it.
        string[] decided =
        [
            "AdditionalProperties", "AllowBackgroundResponses", "AllowMultipleToolCalls", "ContinuationToken", "ConversationId", "FrequencyPenalty",
            "Instructions", "MaxOutputTokens", "ModelId", "PresencePenalty", "RawRepresentationFactory", "Reasoning", "ResponseFormat",
            "Seed", "StopSequences", "Temperature", "ToolMode", "Tools", "TopK", "TopP",
        ];

        var fields = typeof(ChatOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name).Order(StringComparer.Ordinal);

        Assert.Equal(decided.Order(StringComparer.Ordinal), fields);
    }

    [Fact]
    public async Task Logit_bias_and_start_options_are_honoured()
    {
        using var client = NewClient();
        var ids = new List<int>();
        fixture.Model.Tokenizer.Encode("!", ids);
        var bias = new Dictionary<int, float> { [ids[0]] = 1000 };

        var response = await client.GetResponseAsync("Hi", new ChatOptions
        {
            MaxOutputTokens = 5,
            RawRepresentationFactory = _ => new SamplingOptions { LogitBias = bias },
        });

        Assert.Equal("!!!!!", response.Text);
    }

    protected override IChatClient CreateChatClient() => NewClient();

    private static string Question(string city) => city[0] > 127 ? $"{city}天气怎么样?" : $"What is the weather in {city}?";

    private LlamaChatClient NewClient(InferenceEngine? engine = null) =>
        new(engine ?? _engine, fixture.Model.Tokenizer, new QwenChatTemplate(), new LlamaChatClientOptions { ModelId = "agent-mini" });

    private async Task WaitUntilIdleAsync()
    {
        while (_engine.Status is { Active: > 0 } or { Queued: > 0 })
        {
            await Task.Yield();
        }
    }
}
