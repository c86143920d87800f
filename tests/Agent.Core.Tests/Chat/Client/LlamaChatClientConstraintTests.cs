using System.Text.Json;
using Agent.Core.Chat.Client;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Schemas;
using Agent.Core.Tests.Inference;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Chat.Client;

/// <summary>Constrained calls and answers over the real engine and the embedded model, hot enough that without constraints nothing would fit.</summary>
[Collection("embedded model")]
public sealed class LlamaChatClientConstraintTests(EmbeddedModelFixture fixture) : IAsyncLifetime
{
    private static readonly AIFunctionDeclaration Booking = Tool("book_table", """{"type":"object","properties":{"guests":{"enum":[2,4,6]},"when":{"type":"object","properties":{"day":{"enum":["周一","Tuesday","\"quoted\""]},"hour":{"type":"integer"}},"required":["hour","day"],"additionalProperties":false},"tags":{"type":"array","items":{"type":"string","maxLength":5},"minItems":1,"maxItems":2}},"required":["guests","when","tags"],"additionalProperties":false}""");
    private static readonly AIFunctionDeclaration Lamp = Tool("set_lamp", """{"type":"object","properties":{"on":{"type":"boolean"},"mode":{"anyOf":[{"type":"null"},{"const":"dim"}]}},"required":["on","mode"],"additionalProperties":false}""");
    private static readonly AIFunction Weather = AIFunctionFactory.Create((string city) => $"{city}: 21", "get_current_weather", "Get the current weather for a city");
    private InferenceEngine _engine = null!;

    public async Task InitializeAsync() =>
        _engine = await InferenceEngine.StartAsync(fixture.Model, new EngineOptions { MaxSequences = 8 }, NullLogger.Instance);

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [Theory]
    [InlineData(0f)]
    [InlineData(1.5f)]
    [InlineData(4f)]
    public async Task A_demanded_call_follows_the_schema_of_its_tool_at_any_temperature(float temperature)
    {
        using var client = NewClient();
        foreach (var mode in new ChatToolMode[] { ChatToolMode.RequireAny, ChatToolMode.RequireSpecific("book_table"), ChatToolMode.RequireSpecific("set_lamp") })
        {
            var whole = 0;
            for (var seed = 0; seed < 4; seed++)
            {
                var options = new ChatOptions { Tools = [Booking, Lamp], ToolMode = mode, Temperature = temperature, Seed = seed, MaxOutputTokens = 200, AllowMultipleToolCalls = false };
                var response = await client.GetResponseAsync("Book something for Tuesday", options);
                if (response.FinishReason != ChatFinishReason.Length)
                {
                    AssertFits(Assert.Single(CallsOf(response)));
                    whole++;
                }
            }

            Assert.True(whole >= 3, $"{mode}: {whole} of 4 calls came to an end");
        }
    }

    [Fact]
    public async Task A_call_that_the_model_opens_by_itself_follows_the_schema()
    {
        using var client = NewClient(threshold: 1e-9);
        var whole = 0;
        for (var seed = 0; seed < 6; seed++)
        {
            var response = await client.GetResponseAsync("Lamp!", new ChatOptions { Tools = [Booking, Lamp], Temperature = 3, Seed = seed, MaxOutputTokens = 200, AllowMultipleToolCalls = false });
            foreach (var call in CallsOf(response).Where(_ => response.FinishReason != ChatFinishReason.Length))
            {
                AssertFits(call);
                whole++;
            }
        }

        Assert.True(whole >= 4, $"{whole} of 6 calls came to an end");
    }

    [Theory]
    [InlineData("What is the weather in Paris and in London?")]
    [InlineData("What is the weather in Paris?")]
    [InlineData("广州天气怎么样?")]
    [InlineData("Hello, how are you?")]
    public async Task What_was_right_without_constraints_stays_the_same_to_the_letter(string question)
    {
        using var constrained = NewClient();
        using var free = NewClient(constrain: false);
        var options = new ChatOptions { Tools = [Weather], MaxOutputTokens = 100 };

        var expected = await free.GetResponseAsync(question, options);
        var actual = await constrained.GetResponseAsync(question, options);

        Assert.Equal(Written(expected), Written(actual));
        Assert.Equal(expected.Usage!.OutputTokenCount, actual.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task What_a_call_must_say_is_tried_ahead_and_changes_nothing()
    {
        await using var plain = await InferenceEngine.StartAsync(fixture.Model, new EngineOptions { MaxSequences = 1, Threads = 1, DraftTokens = 0 }, NullLogger.Instance);
        using var expected = NewClient(engine: plain);
        using var client = NewClient();
        var options = new ChatOptions { Tools = [Booking], ToolMode = ChatToolMode.RequireAny, MaxOutputTokens = 100, AllowMultipleToolCalls = false };

        var response = await client.GetResponseAsync("Book", options);

        Assert.Equal(Written(await expected.GetResponseAsync("Book", options)), Written(response));
        Assert.True(_engine.Status.AcceptedDraftTokens > 0);
    }

    [Fact]
    public async Task An_answer_of_json_fits_its_schema()
    {
        using var client = NewClient();
        var schema = JsonElement.Parse("""{"type":"object","properties":{"city":{"enum":["Paris","广州"]},"sunny":{"type":"boolean"},"scores":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":3}},"required":["city","sunny","scores"],"additionalProperties":false}"""u8);
        for (var seed = 0; seed < 4; seed++)
        {
            var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(schema), Temperature = seed, Seed = seed, MaxOutputTokens = 300 };

            var response = await client.GetResponseAsync("Where is it sunny?", options);

            Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
            Assert.Empty(JsonSchema.Compile(schema).Validate(JsonElement.Parse(response.Text)));
        }
    }

    [Fact]
    public async Task An_answer_of_any_json_is_an_object()
    {
        using var client = NewClient();

        var response = await client.GetResponseAsync("Hello", new ChatOptions { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 60 });

        Assert.StartsWith("{", response.Text, StringComparison.Ordinal);
        if (response.FinishReason == ChatFinishReason.Stop)
        {
            Assert.Equal(JsonValueKind.Object, JsonElement.Parse(response.Text).ValueKind);
        }
    }

    [Fact]
    public async Task A_schema_that_cannot_be_kept_is_refused_before_any_work()
    {
        using var client = NewClient();
        ChatOptions With(string schema) => new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(System.Text.Encoding.UTF8.GetBytes(schema))) };

        await Assert.ThrowsAsync<JsonSchemaException>(() => client.GetResponseAsync("Hi", With("""{"type":"object","unevaluatedProperties":false}""")));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("Hi", With("""{"type":"object","properties":{"a":false},"required":["a"]}""")));
    }

    [Fact]
    public async Task Constrained_and_free_requests_side_by_side_do_not_disturb_each_other()
    {
        using var client = NewClient();
        var lamp = new ChatOptions { Tools = [Lamp], ToolMode = ChatToolMode.RequireAny, MaxOutputTokens = 60, AllowMultipleToolCalls = false };
        var json = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(Lamp.JsonSchema), MaxOutputTokens = 60 };
        var free = new ChatOptions { MaxOutputTokens = 12 };
        Task<ChatResponse> Ask(int i) => client.GetResponseAsync(i % 3 == 2 ? "Hello" : "Switch the lamp on", i % 3 == 0 ? lamp : i % 3 == 1 ? json : free);
        var alone = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            alone.Add(Written(await Ask(i)));
        }

        var together = await Task.WhenAll(Enumerable.Range(0, 12).Select(Ask));

        for (var i = 0; i < together.Length; i++)
        {
            if (i % 3 == 0)
            {
                AssertFits(Assert.Single(CallsOf(together[i])));
            }
            else if (i % 3 == 1)
            {
                Assert.Empty(JsonSchema.Compile(Lamp.JsonSchema).Validate(JsonElement.Parse(together[i].Text)));
            }
            else
            {
                Assert.Equal(alone[2], Written(together[i]));
            }
        }
    }

    [Fact]
    public async Task A_seed_fixes_constrained_draws()
    {
        // How many threads compute changes the last digits, and without a number it follows from what else the machine does.
        await using var engine = await InferenceEngine.StartAsync(fixture.Model, new EngineOptions { MaxSequences = 1, Threads = 1 }, NullLogger.Instance);
        using var client = NewClient(engine: engine);
        async Task<string> Draw() => Written(await client.GetResponseAsync("Book", new ChatOptions { Tools = [Booking, Lamp], ToolMode = ChatToolMode.RequireAny, Temperature = 2, Seed = 7, MaxOutputTokens = 80 }));

        // What is computed and what comes from the cache differ in the last digits, so the first request only fills the cache.
        await Draw();

        Assert.Equal(await Draw(), await Draw());
    }

    [Fact]
    public async Task A_constrained_request_that_is_cancelled_leaves_nothing_behind()
    {
        using var client = NewClient();
        using var cancel = new CancellationTokenSource();
        var json = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"array","items":{"type":"integer"},"minItems":64}"""u8)), MaxOutputTokens = 2000, Temperature = 1 };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in client.GetStreamingResponseAsync("Count", json, cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });

        Assert.NotEmpty((await client.GetResponseAsync("Hi", new ChatOptions { MaxOutputTokens = 2 })).Messages);
        while (_engine.Status is { Active: > 0 } or { Queued: > 0 })
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_bias_against_all_that_is_allowed_ends_its_own_request_with_a_typed_error()
    {
        using var client = NewClient();
        var ids = Enumerable.Range(0, fixture.Model.Tokenizer.VocabularySize).Where(t => fixture.Model.Tokenizer.GetBytes(t).Contains((byte)'{'));
        var options = new ChatOptions
        {
            ResponseFormat = ChatResponseFormat.Json,
            RawRepresentationFactory = _ => new SamplingOptions { LogitBias = ids.ToDictionary(t => t, _ => float.NegativeInfinity) },
        };

        var error = await Assert.ThrowsAsync<EngineException>(() => client.GetResponseAsync("Hi", options));

        Assert.IsType<ConstraintException>(error.InnerException);
        Assert.NotEmpty((await client.GetResponseAsync("Hi", new ChatOptions { MaxOutputTokens = 2 })).Messages);
    }

    [Fact]
    public async Task A_call_that_the_token_limit_cuts_off_comes_back_as_before()
    {
        using var client = NewClient();

        var response = await client.GetResponseAsync("Book", new ChatOptions { Tools = [Booking], ToolMode = ChatToolMode.RequireAny, MaxOutputTokens = 3 });

        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.NotNull(Assert.Single(CallsOf(response)).Exception);
    }

    private static void AssertFits(FunctionCallContent call)
    {
        Assert.Null(call.Exception);
        var tool = call.Name == Booking.Name ? Booking : Lamp;
        Assert.Equal(tool.Name, call.Name);
        Assert.Empty(JsonSchema.CompileForTool(tool.Name, tool.JsonSchema).Validate(JsonSerializer.SerializeToElement(call.Arguments)));
    }

    private static List<FunctionCallContent> CallsOf(ChatResponse response) => [.. response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>()];

    private static string Written(ChatResponse response) => response.Text + string.Concat(CallsOf(response).Select(c => c.RawRepresentation));

    private static AIFunctionDeclaration Tool(string name, string schema) =>
        AIFunctionFactory.CreateDeclaration(name, "Does it", JsonElement.Parse(System.Text.Encoding.UTF8.GetBytes(schema)));

    private LlamaChatClient NewClient(bool constrain = true, double? threshold = null, InferenceEngine? engine = null) => new(
        engine ?? _engine,
        fixture.Model.Tokenizer,
        new QwenChatTemplate(),
        new LlamaChatClientOptions { ModelId = "agent-mini", ConstrainToolCalls = constrain, CallThreshold = threshold });
}
