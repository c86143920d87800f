using System.Numerics.Tensors;
using Agent.Core.Gguf;
using Agent.Core.Inference;
using Agent.Core.Inference.Embedding;
using Agent.Core.Native;
using Agent.Core.Tests.Gguf;
using Agent.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference.Embedding;

public sealed class LlamaEmbeddingGeneratorTests(EmbeddedModelFixture embedded) : IClassFixture<EmbeddedModelFixture>, IDisposable
{
    private static readonly string[] Texts =
    [
        "a", "the quick brown fox", "jumps over the lazy dog", "", "zzz zz z", "a b c d e f g h i j k l m", "the quick brown fox jumps", "x", "the quick brown fix",
    ];

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(PoolingType.Mean)]
    [InlineData(PoolingType.Cls)]
    [InlineData(PoolingType.Last)]
    public async Task A_bert_gives_the_same_vectors_for_texts_together_and_alone(PoolingType pooling)
    {
        using var model = await LoadAsync(TinyBert.Write(pooling));
        using var generator = await StartAsync(model, new LlamaEmbeddingOptions { BatchTokens = 64 });

        await AssertSameTogetherAndAlone(generator, Texts, 1e-5f);
        Assert.Equal((TinyBert.Width, TinyBert.Context), (generator.Dimensions, generator.ContextTokens));
    }

    [Theory]
    [InlineData(PoolingType.Mean)]
    [InlineData(PoolingType.Last)]
    public async Task A_decoder_gives_the_same_vectors_for_texts_together_and_alone(PoolingType pooling)
    {
        using var generator = await StartAsync(embedded.Model, new LlamaEmbeddingOptions { Pooling = pooling, BatchTokens = 64 });

        // Weights of 8 bits: activations are rounded, too, and differently in batches of other sizes.
        await AssertSameTogetherAndAlone(generator, Texts[4..8], 0.02f);
        Assert.Equal(embedded.Model.Description.EmbeddingLength, generator.Dimensions);
    }

    [Fact]
    public async Task Pooling_is_the_file_s_unless_the_options_name_another()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Mean));
        using var mean = await StartAsync(model, new LlamaEmbeddingOptions());
        using var same = await StartAsync(model, new LlamaEmbeddingOptions { Pooling = PoolingType.Mean });
        using var cls = await StartAsync(model, new LlamaEmbeddingOptions { Pooling = PoolingType.Cls });

        var expected = await mean.GenerateVectorAsync("the quick brown fox");
        Assert.Equal(1, Cosine(expected, await same.GenerateVectorAsync("the quick brown fox")), 1e-6f);
        Assert.InRange(Cosine(expected, await cls.GenerateVectorAsync("the quick brown fox")), -1, 0.98f);
    }

    [Fact]
    public async Task The_mean_is_that_of_the_tokens_before_and_after_other_texts()
    {
        // One token of each text differs: if rows of neighbours were mixed up, the nearest text would be another.
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Mean));
        using var generator = await StartAsync(model, new LlamaEmbeddingOptions());
        var texts = Enumerable.Range(0, 26).Select(i => string.Join(' ', Enumerable.Repeat((char)('a' + i), 6))).ToArray();

        var together = await generator.GenerateAsync(texts);

        for (var i = 0; i < texts.Length; i++)
        {
            var alone = await generator.GenerateVectorAsync(texts[i]);
            Assert.Equal(i, Enumerable.Range(0, texts.Length).MaxBy(other => Cosine(alone, together[other].Vector)));
        }
    }

    [Fact]
    public async Task A_text_over_the_context_is_cut_and_says_so()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Mean));
        using var generator = await StartAsync(model, new LlamaEmbeddingOptions { ContextTokens = 8 });

        // [CLS] and [SEP] stay, so six letters are left.
        var embeddings = await generator.GenerateAsync(["a b c d e f", "a b c d e f g h i j", "a b c d e f x y z"]);

        Assert.Null(embeddings[0].AdditionalProperties);
        Assert.Equal((12, 8), (embeddings[1].AdditionalProperties![EmbeddingProperties.CutFrom], embeddings[1].AdditionalProperties![EmbeddingProperties.CutTo]));
        Assert.Equal(1, Cosine(embeddings[0].Vector, embeddings[1].Vector), 1e-5f);
        Assert.Equal(1, Cosine(embeddings[0].Vector, embeddings[2].Vector), 1e-5f);
        Assert.Equal(24, embeddings.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task A_text_over_the_context_may_be_refused_without_loss_of_the_others()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Mean));
        using var generator = await StartAsync(model, new LlamaEmbeddingOptions { ContextTokens = 8, Overlong = OverlongText.Refuse });

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["a", "a b c d e f g", "b"]));

        Assert.Equal("1 of 3 texts could not be embedded. text 1: it has 9 tokens, and 8 are possible; shorten it or let it be cut.", error.Message);
        Assert.Equal([true, false, true], error.Embeddings.Select(embedding => embedding is not null));
        Assert.Equal(1, Cosine(error.Embeddings[2]!.Vector, await generator.GenerateVectorAsync("b")), 1e-5f);
    }

    [Fact]
    public async Task A_text_without_a_token_is_named()
    {
        using var generator = await StartAsync(embedded.Model, new LlamaEmbeddingOptions { Pooling = PoolingType.Mean });

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["hello", ""]));

        Assert.Equal("1 of 2 texts could not be embedded. text 1: it holds nothing to embed.", error.Message);
        Assert.NotNull(error.Embeddings[0]);
    }

    [Fact]
    public async Task A_vector_without_direction_is_no_embedding()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Mean, weight: 0));
        using var generator = await StartAsync(model, new LlamaEmbeddingOptions());

        var error = await Assert.ThrowsAsync<EmbeddingException>(() => generator.GenerateAsync(["a"]));

        Assert.Contains("text 0: the model gave no usable vector", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queries_and_documents_have_their_prefixes()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Mean));
        using var plain = await StartAsync(model, new LlamaEmbeddingOptions());
        using var prefixed = await StartAsync(model, new LlamaEmbeddingOptions { QueryPrefix = "query ", DocumentPrefix = "passage " });

        Assert.Equal(1, Cosine(await plain.GenerateVectorAsync("query fox"), await prefixed.GenerateVectorAsync("fox", EmbeddingProperties.For(EmbeddingPurpose.Query))), 1e-5f);
        Assert.Equal(1, Cosine(await plain.GenerateVectorAsync("passage fox"), await prefixed.GenerateVectorAsync("fox", EmbeddingProperties.For(EmbeddingPurpose.Document))), 1e-5f);
        Assert.Equal(1, Cosine(await plain.GenerateVectorAsync("passage fox"), await prefixed.GenerateVectorAsync("fox")), 1e-5f);
    }

    [Fact]
    public async Task Threads_that_nobody_chose_follow_the_machine()
    {
        using var generator = await LlamaEmbeddingGenerator.StartAsync(embedded.Model, new LlamaEmbeddingOptions { Pooling = PoolingType.Last }, NullLogger.Instance);

        var embeddings = await generator.GenerateAsync(Texts[..2]);

        Assert.All(embeddings, embedding => Assert.Equal(1, TensorPrimitives.Norm<float>(embedding.Vector.Span), 1e-5f));
    }

    [Fact]
    public async Task Many_callers_share_one_thread()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Mean));
        using var generator = await StartAsync(model, new LlamaEmbeddingOptions { MaxSequences = 7, QueueLimit = 3 });
        var expected = await generator.GenerateAsync(Texts);

        var found = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => generator.GenerateAsync(Texts))).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.All(found, embeddings => Assert.All(expected.Zip(embeddings), pair => Assert.Equal(1, Cosine(pair.First.Vector, pair.Second.Vector), 1e-5f)));
    }

    [Fact]
    public async Task What_the_generator_is_can_be_asked()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Mean));
        using var generator = await StartAsync(model, new LlamaEmbeddingOptions());

        var metadata = generator.GetRequiredService<EmbeddingGeneratorMetadata>();

        Assert.Equal(("llama.cpp", "tiny bert", TinyBert.Width), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(generator, generator.GetService(typeof(LlamaEmbeddingGenerator)));
        Assert.Equal("tiny bert", (await generator.GenerateAsync("a")).ModelId);
        Assert.Empty(await generator.GenerateAsync(Array.Empty<string>()));
        await Assert.ThrowsAsync<NotSupportedException>(() => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { ModelId = "other" }));
        await Assert.ThrowsAsync<NotSupportedException>(() => generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 8 }));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["a", null!]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(["a"], null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_disposed_generator_refuses()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Mean));
        var generator = await StartAsync(model, new LlamaEmbeddingOptions());
        generator.Dispose();
        generator.Dispose();

        await Assert.ThrowsAsync<EngineException>(() => generator.GenerateAsync(["a"]));
    }

    [Fact]
    public async Task A_model_that_does_not_say_how_to_pool_needs_the_option()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(embedded.Model, new LlamaEmbeddingOptions()));
        Assert.Contains("Set Pooling to Mean, Cls or Last", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => StartAsync(embedded.Model, new LlamaEmbeddingOptions { Pooling = PoolingType.Rank }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => StartAsync(embedded.Model, new LlamaEmbeddingOptions { Pooling = PoolingType.Mean, BatchTokens = 1 }));
    }

    [Fact]
    public async Task A_reranker_is_no_embedding_model()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Rank, hasHead: true));

        var error = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(model, new LlamaEmbeddingOptions { Pooling = PoolingType.Mean }));

        Assert.Contains("is a reranker", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_separator_outside_the_vocabulary_is_refused_before_native_code_sees_it()
    {
        var error = await Assert.ThrowsAsync<GgufFormatException>(() => LoadAsync(TinyBert.Write(PoolingType.Mean, separator: 999)));

        Assert.Contains("tokenizer.ggml.seperator_token_id is 999", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<LlamaEmbeddingGenerator> StartAsync(LlamaModel model, LlamaEmbeddingOptions options) =>
        LlamaEmbeddingGenerator.StartAsync(model, options with { Threads = options.Threads ?? 1 }, NullLogger.Instance, new ManualTimeProvider());

    private static async Task AssertSameTogetherAndAlone(LlamaEmbeddingGenerator generator, string[] texts, float tolerance)
    {
        var together = await generator.GenerateAsync(texts);

        for (var i = 0; i < texts.Length; i++)
        {
            var alone = (await generator.GenerateAsync([texts[i]]))[0].Vector;
            Assert.Equal(1, TensorPrimitives.Norm<float>(together[i].Vector.Span), 1e-5f);
            Assert.Equal(1, Cosine(together[i].Vector, alone), tolerance);
        }

        // Not all the same vector, which would pass, too.
        Assert.InRange(Cosine(together[0].Vector, together[1].Vector), -1, 0.95f);
    }

    private static float Cosine(ReadOnlyMemory<float> a, ReadOnlyMemory<float> b) => TensorPrimitives.CosineSimilarity(a.Span, b.Span);

    private Task<LlamaModel> LoadAsync(byte[] file) => LlamaModel.LoadForEmbeddingAsync(
        LlamaRuntime.Load(new LlamaRuntimeOptions(), NullLogger.Instance),
        new LlamaModelOptions { Path = _folder.Write("tiny.gguf", file) },
        progress: null,
        NullLogger.Instance);
}
