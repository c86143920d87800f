using Agent.Core.Retrieval.Lexical;
using Agent.Core.Retrieval.Text;
using Microsoft.Extensions.AI;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>An embedding model for tests: texts of the same terms have the same direction. Counts what it is asked.</summary>
internal sealed class WordVectors(int dimensions = 64) : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Every text that was embedded.</summary>
    public List<string> Texts { get; } = [];

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var text in values)
        {
            Texts.Add(text);
            embeddings.Add(new Embedding<float>(VectorOf(text)));
        }

        return Task.FromResult(embeddings);
    }

    public float[] VectorOf(string text)
    {
        var vector = new float[dimensions];
        vector[0] = 0.1f;
        foreach (var (term, count) in new TermCounter(BilingualAnalyzer.Documents).Count(text, out _))
        {
            var place = 1;
            foreach (var letter in term)
            {
                place = ((place * 31) + letter) % (dimensions - 1);
            }

            vector[place + 1] += count;
        }

        return vector;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
