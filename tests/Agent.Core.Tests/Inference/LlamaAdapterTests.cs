using Agent.Core.Gguf;
using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Core.Tests.Gguf;
using Agent.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference;

/// <summary>LoRA adapters on the model that ships with the product, as llama.cpp computes them.</summary>
[Collection("embedded model")]
public sealed class LlamaAdapterTests(EmbeddedModelFixture fixture) : IDisposable
{
    private const double Same = 1e-4;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task An_adapter_changes_what_the_model_computes_by_its_scale()
    {
        var without = Logits(fixture.Model);

        Assert.InRange(await DistanceAsync(without, (0, 1)), 0, Same);
        Assert.InRange(await DistanceAsync(without, (0.5f, 0)), 0, Same);
        var half = await DistanceAsync(without, (0.5f, 0.5f));
        var whole = await DistanceAsync(without, (0.5f, 1));
        Assert.InRange(half, 0.01, double.MaxValue);
        Assert.InRange(whole, half + 0.001, double.MaxValue);
    }

    [Fact]
    public async Task Adapters_add_up()
    {
        var without = Logits(fixture.Model);

        Assert.InRange(await DistanceAsync(without, (0.5f, 1), (0.5f, -1)), 0, 0.05 * await DistanceAsync(without, (0.5f, 1)));
    }

    [Fact]
    public async Task A_model_answers_with_its_adapter_and_tells_of_it()
    {
        using var model = await LoadAsync(new LlamaAdapterOptions { Path = Write(0.1f), Scale = 0.5f });
        await using var engine = await InferenceEngine.StartAsync(model, new EngineOptions { MaxSequences = 2, ContextTokens = 256 }, NullLogger.Instance);

        using var generation = engine.Submit(new GenerationRequest { Prompt = [1, 2, 3], MaxTokens = 4, IgnoreEndOfGeneration = true });
        var count = 0;
        await foreach (var _ in generation.ReadTokensAsync())
        {
            count++;
        }

        Assert.Equal(4, count);
        var adapter = Assert.Single(model.Adapters);
        Assert.EndsWith(".gguf: LoRA of rank 4 on 1 weights, scale 0.5", adapter.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_that_does_not_fit_is_refused_before_the_weights_are_loaded()
    {
        var path = _folder.Write("wide.gguf", AdapterFile.Metadata().Weight($"{AdapterFile.Weight}.lora_a", GgmlType.F32, 600, 4).Weight($"{AdapterFile.Weight}.lora_b", GgmlType.F32, 4, 128).Build());

        var error = await Assert.ThrowsAsync<GgufFormatException>(() => LoadAsync(new LlamaAdapterOptions { Path = path }));

        Assert.Equal(path, error.Path);
        Assert.Contains("600 x 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_adapter_is_named() =>
        Assert.Contains("nowhere.gguf", (await Assert.ThrowsAsync<FileNotFoundException>(() => LoadAsync(new LlamaAdapterOptions { Path = Path.Combine(_folder.Root, "nowhere.gguf") }))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_model_for_embeddings_takes_none()
    {
        var options = new LlamaModelOptions { Path = Repository.EmbeddedModel, Adapters = [new LlamaAdapterOptions { Path = Write(1) }] };

        await Assert.ThrowsAsync<ArgumentException>(() => LlamaModel.LoadForEmbeddingAsync(fixture.Model.Runtime, options, progress: null, NullLogger.Instance));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<double> DistanceAsync(float[] without, params (float Value, float Scale)[] adapters)
    {
        using var model = await LoadAsync([.. adapters.Select(adapter => new LlamaAdapterOptions { Path = Write(adapter.Value), Scale = adapter.Scale })]);
        return Logits(model).Zip(without, (with, before) => Math.Abs((double)with - before)).Max();
    }

    private string Write(float value) => _folder.Write($"{Guid.NewGuid():N}.gguf", AdapterFile.Create(value).Build());

    private Task<LlamaModel> LoadAsync(params LlamaAdapterOptions[] adapters) => LlamaModel.LoadAsync(
        fixture.Model.Runtime,
        new LlamaModelOptions { Path = Repository.EmbeddedModel, Adapters = adapters },
        progress: null,
        NullLogger.Instance);

    /// <summary>The logits after a few tokens.</summary>
    private static float[] Logits(LlamaModel model)
    {
        using var context = NativeContext.Create(model.Native, new NativeContextOptions
        {
            ContextPerSequence = 256,
            MaxSequences = 1,
            MaxOutputs = 1,
            BatchSize = 32,
            MicroBatchSize = 32,
            Threads = 1,
            BatchThreads = 1,
            KvType = KvCacheType.F16,
            FlashAttention = true,
            OnGpu = model.OnGpu,
        });
        var tokens = new List<int>();
        model.Tokenizer.Encode("The weather in Paris is", tokens);
        var batch = new DecodeBatch(32);
        for (var i = 0; i < tokens.Count; i++)
        {
            batch.Add(tokens[i], i, sequence: 0, output: i == tokens.Count - 1);
        }

        Assert.Equal(DecodeStatus.Ok, context.Decode(batch));
        context.Synchronize();
        return context.GetLogits(0).ToArray();
    }
}
