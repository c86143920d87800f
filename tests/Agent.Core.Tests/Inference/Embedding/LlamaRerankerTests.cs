using Agent.Core.Inference;
using Agent.Core.Inference.Embedding;
using Agent.Core.Native;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Search;
using Agent.Core.Tests.Gguf;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference.Embedding;

public sealed class LlamaRerankerTests : IDisposable
{
    // Random weights know nothing of meaning, so scores are compared with scores only.
    private const float Tolerance = 1e-4f;

    private static readonly string[] Texts = ["a b c", "the quick brown fox", "x", "", "lazy dogs sleep all day long in the warm sun", "zzz"];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Pairs_have_the_same_scores_together_and_alone()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Rank, hasHead: true));
        using var reranker = await StartAsync(model, new LlamaRerankerOptions { BatchTokens = 64 });

        var together = await reranker.ScoreAsync("fox", Texts);

        for (var i = 0; i < Texts.Length; i++)
        {
            Assert.Equal(together[i], (await reranker.ScoreAsync("fox", [Texts[i]]))[0], Tolerance);
        }

        Assert.Equal(Texts.Length, together.Distinct().Count());
        Assert.Empty(await reranker.ScoreAsync("fox", []));
    }

    [Fact]
    public async Task Query_and_text_both_count()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Rank, hasHead: true));
        using var reranker = await StartAsync(model, new LlamaRerankerOptions());

        var score = (await reranker.ScoreAsync("fox", ["dog"]))[0];

        Assert.True(Math.Abs(score - (await reranker.ScoreAsync("fax", ["dog"]))[0]) > Tolerance);
        Assert.True(Math.Abs(score - (await reranker.ScoreAsync("fox", ["dig"]))[0]) > Tolerance);
        Assert.True(Math.Abs(score - (await reranker.ScoreAsync("dog", ["fox"]))[0]) > Tolerance);
    }

    [Fact]
    public async Task A_long_text_is_read_as_far_as_it_fits_and_a_long_query_leaves_it_half()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Rank, hasHead: true));
        using var reranker = await StartAsync(model, new LlamaRerankerOptions { ContextTokens = 13 });

        // [CLS] and two [SEP] leave ten.
        Assert.Equal((await reranker.ScoreAsync("a b", ["a b c d e f g h"]))[0], (await reranker.ScoreAsync("a b", ["a b c d e f g h i j k l"]))[0], Tolerance);
        Assert.Equal((await reranker.ScoreAsync("a b c d e", ["x y z"]))[0], (await reranker.ScoreAsync("a b c d e f g h i j", ["x y z"]))[0], Tolerance);
        Assert.True(Math.Abs((await reranker.ScoreAsync("a b", ["a b c d e f g h"]))[0] - (await reranker.ScoreAsync("a b", ["a b c d e f g i"]))[0]) > Tolerance);
    }

    [Fact]
    public async Task Passages_are_ordered_by_score_with_their_headings()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Rank, hasHead: true));
        using var reranker = await StartAsync(model, new LlamaRerankerOptions());
        var hits = Texts.Select((text, i) => new PassageHit(PassageOf(text, i), 1)).ToList();
        var scores = await reranker.ScoreAsync("fox", [.. Texts.Select((text, i) => i == 0 ? text : $"h > i\n{text}")]);

        var best = await new LlamaPassageReranker(reranker).RerankAsync("fox", hits, 4);

        var expected = scores.Select((score, i) => (score, i)).OrderByDescending(pair => pair.score).Take(4).ToList();
        Assert.Equal(expected.Select(pair => pair.i), best.Select(hit => hit.Passage.Ordinal));
        Assert.All(expected.Zip(best), pair => Assert.Equal(pair.First.score, pair.Second.Score, Tolerance));
    }

    [Fact]
    public async Task A_disposed_reranker_is_an_error_that_search_knows()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Rank, hasHead: true));
        var reranker = await StartAsync(model, new LlamaRerankerOptions());
        reranker.Dispose();

        await Assert.ThrowsAsync<EngineException>(() => reranker.ScoreAsync("a", ["b"]));
        await Assert.ThrowsAsync<RetrievalException>(() => new LlamaPassageReranker(reranker).RerankAsync("a", [new PassageHit(PassageOf("b", 0), 1)], 1));
    }

    [Fact]
    public async Task A_text_that_is_null_is_refused_by_number()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Rank, hasHead: true));
        using var reranker = await StartAsync(model, new LlamaRerankerOptions());

        Assert.Contains("Text 1 is null", (await Assert.ThrowsAsync<ArgumentException>(() => reranker.ScoreAsync("fox", ["a", null!]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_beyond_what_the_model_was_trained_for_is_cut_with_a_warning()
    {
        using var model = await LoadAsync(TinyBert.Write(PoolingType.Rank, hasHead: true));
        var log = new RecordingLogger(LogLevel.Warning);
        using (await LlamaReranker.StartAsync(model, new LlamaRerankerOptions { ContextTokens = TinyBert.Context, Threads = 1 }, log))
        {
            Assert.Empty(log.Entries);
        }

        using (await LlamaReranker.StartAsync(model, new LlamaRerankerOptions { ContextTokens = 512, Threads = 1 }, log))
        {
            var (level, message, _) = Assert.Single(log.Entries);
            Assert.Equal(LogLevel.Warning, level);
            Assert.StartsWith("ContextTokens is 512, but ", message, StringComparison.Ordinal);
            Assert.Contains($"trained for {TinyBert.Context} tokens", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_no_reranker_is_refused()
    {
        using var embedding = await LoadAsync(TinyBert.Write(PoolingType.Mean));
        using var headless = await LoadAsync(TinyBert.Write(PoolingType.Rank));
        using var prompted = await LoadAsync(TinyBert.Write(PoolingType.Rank, builder => builder.Text("tokenizer.chat_template.rerank", "{query} {document}"), hasHead: true));
        using var reranker = await LoadAsync(TinyBert.Write(PoolingType.Rank, hasHead: true));

        Assert.Contains("is no reranker", (await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(embedding, new LlamaRerankerOptions()))).Message, StringComparison.Ordinal);
        Assert.Contains("has no head", (await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(headless, new LlamaRerankerOptions()))).Message, StringComparison.Ordinal);
        Assert.Contains("prompt of its own", (await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(prompted, new LlamaRerankerOptions()))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => StartAsync(reranker, new LlamaRerankerOptions { MaxSequences = 0 }));
    }

    public void Dispose() => _folder.Dispose();

    private static Passage PassageOf(string text, int ordinal) => new()
    {
        Id = new string('0', 32),
        Source = "s",
        Title = "t",
        HeadingPath = ordinal == 0 ? [] : ["h", "i"],
        Text = text,
        Ordinal = ordinal,
        Start = 0,
        End = text.Length,
        TokenCount = 1,
        Tags = [],
        Metadata = new Dictionary<string, string>(),
    };

    private static Task<LlamaReranker> StartAsync(LlamaModel model, LlamaRerankerOptions options) => LlamaReranker.StartAsync(model, options with { Threads = 1 }, NullLogger.Instance);

    private Task<LlamaModel> LoadAsync(byte[] file) => LlamaModel.LoadForEmbeddingAsync(
        LlamaRuntime.Load(new LlamaRuntimeOptions(), NullLogger.Instance),
        new LlamaModelOptions { Path = _folder.Write($"{Guid.NewGuid():N}.gguf", file) },
        progress: null,
        NullLogger.Instance);
}
