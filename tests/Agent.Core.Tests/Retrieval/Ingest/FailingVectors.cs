using Agent.Core.Tests.Retrieval.Storage;
using Microsoft.Extensions.AI;

namespace Agent.Core.Tests.Retrieval.Ingest;

/// <summary>An embedding model that refuses every call with a text of a word, gives nothing usable for those of another, or is not there at all.</summary>
internal sealed class FailingVectors : IEmbeddingGenerator<string, Embedding<float>>
{
    public const string Refused = "refused";
    public const string Zero = "zero";

    private readonly WordVectors _model = new();

    /// <summary>Whether every call fails.</summary>
    public bool IsDown { get; set; }

    /// <summary>How often it was asked.</summary>
    public int Calls { get; private set; }

    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        Calls++;
        string[] texts = [.. values];
        if (IsDown)
        {
            throw new HttpRequestException("Connection refused.");
        }

        if (texts.Any(text => text.Contains(Refused, StringComparison.Ordinal)))
        {
            throw new InvalidOperationException("The text is too long.");
        }

        var embeddings = await _model.GenerateAsync(texts, options, cancellationToken);
        for (var i = 0; i < texts.Length; i++)
        {
            if (texts[i].Contains(Zero, StringComparison.Ordinal))
            {
                embeddings[i] = new Embedding<float>(new float[embeddings[i].Dimensions]);
            }
        }

        return embeddings;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() => _model.Dispose();
}
