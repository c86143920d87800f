using System.ClientModel;
using System.ClientModel.Primitives;
using Agent.Core.Inference.Embedding;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Embeddings;
using EmbeddingGenerationOptions = Microsoft.Extensions.AI.EmbeddingGenerationOptions;
using WireOptions = OpenAI.Embeddings.EmbeddingGenerationOptions;

namespace Agent.Host.Remote;

/// <summary>
/// An <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> over a server that speaks OpenAI's embeddings protocol. Embeddings have length 1, whatever
/// the server gives.
/// </summary>
/// <remarks>
/// Thread-safe. The texts of a call leave the process, in requests one after another; where one of them fails for good, the call does. Options of the
/// caller are never changed. Of <see cref="EmbeddingGenerationOptions.AdditionalProperties"/>, <see cref="EmbeddingProperties.Purpose"/> is honoured and
/// others are ignored.
/// </remarks>
internal sealed class OpenAIEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>The library insists on a key; servers that ask for none ignore it.</summary>
    private const string NoKey = "none";
    private const int MostTexts = 2048;

    private readonly OpenAIEmbeddingGeneratorOptions _options;
    private readonly EmbeddingClient _client;
    private readonly RemoteFailure _failure;
    private readonly TimeProvider _time;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Creates a generator; nothing is sent yet.</summary>
    /// <param name="options">The server.</param>
    /// <param name="time">Clock of <see cref="Embedding.CreatedAt"/>. Default: the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is outside its range.</exception>
    public OpenAIEmbeddingGenerator(OpenAIEmbeddingGeneratorOptions options, TimeProvider? time = null)
    {
        if (options.BatchSize is < 1 or > MostTexts)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.BatchSize, $"BatchSize must be 1 to {MostTexts:N0}.");
        }

        _options = options;
        _time = time ?? TimeProvider.System;
        _failure = new RemoteFailure(options.Endpoint, options.ApiKey, options.Timeout, "Check that the server's model is one for embeddings, that the texts fit it, and the dimensions.");
        _metadata = new EmbeddingGeneratorMetadata("openai", options.Endpoint, options.Model, options.Dimensions);
        _client = new EmbeddingClient(options.Model, new ApiKeyCredential(string.IsNullOrEmpty(options.ApiKey) ? NoKey : options.ApiKey), new OpenAIClientOptions
        {
            Endpoint = options.Endpoint,
            NetworkTimeout = options.Timeout,
            RetryPolicy = new ClientRetryPolicy(options.Retries),
        });
    }

    /// <inheritdoc/>
    /// <exception cref="RemoteChatException">The server did not answer as it should.</exception>
    /// <exception cref="NotSupportedException">Another model is asked for.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.ModelId is { } model && model != _options.Model)
        {
            throw new NotSupportedException($"The model '{model}' was asked for; this generator has '{_options.Model}'. Leave ModelId out.");
        }

        var prefix = EmbeddingProperties.PurposeOf(options) == EmbeddingPurpose.Query ? _options.QueryPrefix : _options.DocumentPrefix;
        string[] texts = [.. values.Select((text, i) => text is null ? throw new ArgumentException($"Text {i} is null.", nameof(values)) : prefix + text)];
        var dimensions = options?.Dimensions ?? _options.Dimensions;
        var embeddings = new GeneratedEmbeddings<Embedding<float>>(texts.Length);
        long tokens = 0;
        foreach (var batch in texts.Chunk(_options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            tokens += await _failure.GuardAsync(() => EmbedAsync(batch, dimensions, embeddings, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        embeddings.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return embeddings;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType == typeof(EmbeddingClient) ? _client
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: connections are shared by the whole process.</summary>
    public void Dispose()
    {
    }

    private async Task<int> EmbedAsync(string[] texts, int? dimensions, GeneratedEmbeddings<Embedding<float>> destination, CancellationToken cancellationToken)
    {
        OpenAIEmbeddingCollection answer = await _client.GenerateEmbeddingsAsync(texts, new WireOptions { Dimensions = dimensions }, cancellationToken).ConfigureAwait(false);
        var vectors = new float[texts.Length][];
        foreach (var embedding in answer)
        {
            // Servers need not keep the order.
            if ((uint)embedding.Index >= (uint)vectors.Length || vectors[embedding.Index] is not null)
            {
                throw new InvalidDataException($"it has an embedding of index {embedding.Index}, twice or beyond the {texts.Length} texts that were sent");
            }

            vectors[embedding.Index] = Normalize(embedding.ToFloats().ToArray());
        }

        var expected = dimensions ?? (destination.Count > 0 ? destination[0].Dimensions : vectors[0]?.Length);
        foreach (var vector in vectors)
        {
            if (vector is null || vector.Length != expected)
            {
                throw new InvalidDataException(vector is null
                    ? $"it has {answer.Count} embeddings for {texts.Length} texts"
                    : $"it has an embedding of {vector.Length} dimensions where {expected} were expected");
            }
        }

        foreach (var vector in vectors)
        {
            destination.Add(new Embedding<float>(vector) { ModelId = _options.Model, CreatedAt = _time.GetUtcNow() });
        }

        return answer.Usage?.InputTokenCount ?? 0;
    }

    private static float[] Normalize(float[] vector)
    {
        var norm = Math.Sqrt(vector.Sum(static component => (double)component * component));
        if (!(norm > 0 && double.IsFinite(norm)))
        {
            throw new InvalidDataException("it has an embedding of zeros, or of what is not a number");
        }

        foreach (ref var component in vector.AsSpan())
        {
            component = (float)(component / norm);
        }

        return vector;
    }
}
