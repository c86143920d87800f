using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Search;
using Microsoft.Extensions.AI;

namespace Agent.Core.Tests.Retrieval.Search;

/// <summary>Whatever fails behind an embedding model, a search fails as the contract of searches says.</summary>
public sealed class PassageEmbedderTests
{
    [Fact]
    public async Task What_the_model_throws_is_told_as_a_search_that_failed()
    {
        var embedder = new PassageEmbedder("words", new Generator(_ => throw new HttpRequestException("The server is away.")));

        var exception = await Assert.ThrowsAsync<RetrievalException>(() => embedder.EmbedAsync("pump", CancellationToken.None));

        Assert.Equal("The query cannot be embedded with 'words': The server is away. Look after the embedding model, or search by words.", exception.Message);
        Assert.IsType<HttpRequestException>(exception.InnerException);
    }

    [Fact]
    public async Task A_time_out_of_the_model_is_no_cancellation_of_the_caller()
    {
        var embedder = new PassageEmbedder("words", new Generator(_ => throw new TaskCanceledException("timed out")));

        await Assert.ThrowsAsync<RetrievalException>(() => embedder.EmbedAsync("pump", CancellationToken.None));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => embedder.EmbedAsync("pump", cancelled.Token));
    }

    [Fact]
    public async Task No_vector_is_told_too()
    {
        var embedder = new PassageEmbedder("words", new Generator(_ => []));

        var exception = await Assert.ThrowsAsync<RetrievalException>(() => embedder.EmbedAsync("pump", CancellationToken.None));

        Assert.Equal("The embedding model 'words' gave 0 vectors for 1 texts.", exception.Message);
    }

    private sealed class Generator(Func<CancellationToken, GeneratedEmbeddings<Embedding<float>>> answer) : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(answer(cancellationToken));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
