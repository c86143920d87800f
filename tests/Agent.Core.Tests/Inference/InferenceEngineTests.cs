using System.Text;
using Agent.Core.Inference;
using Agent.Core.Inference.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference;

/// <summary>The engine on the real library and the embedded model.</summary>
[Collection("embedded model")]
public class InferenceEngineTests(EmbeddedModelFixture fixture)
{
    private LlamaModel Model => fixture.Model;

    [Fact]
    public async Task A_prompt_is_continued_the_same_way_each_time_and_reuses_its_prefix()
    {
        await using var engine = await StartAsync(1);
        var prompt = Encode("The weather in Paris is");

        var (first, cold) = await GenerateAsync(engine, prompt, 12);
        var (second, warm) = await GenerateAsync(engine, prompt, 12);

        Assert.NotEmpty(first);
        Assert.Equal(first, second);
        Assert.Equal(0, cold.CachedTokens);
        Assert.Equal(prompt.Length - 1, warm.CachedTokens);
        Assert.Equal(prompt.Length, warm.PromptTokens);
    }

    private Task<InferenceEngine> StartAsync(int sequences) =>
        InferenceEngine.StartAsync(Model, new EngineOptions { MaxSequences = sequences }, NullLogger.Instance);

    private int[] Encode(string text)
    {
        var ids = new List<int>();
        Model.Tokenizer.Encode(text, ids);
        return [.. ids];
    }

    private async Task<(string Text, GenerationStatistics Statistics)> GenerateAsync(InferenceEngine engine, int[] prompt, int maxTokens)
    {
        using var generation = engine.Submit(new GenerationRequest { Prompt = prompt, MaxTokens = maxTokens });
        var decoder = new TokenTextDecoder(Model.Tokenizer);
        var text = new StringBuilder();
        await foreach (var token in generation.ReadTokensAsync())
        {
            text.Append(decoder.Decode(token));
        }

        return (text.ToString(), generation.Statistics!);
    }
}

[CollectionDefinition("embedded model")]
public sealed class EmbeddedModelCollection : ICollectionFixture<EmbeddedModelFixture>;
