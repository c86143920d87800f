using System.Globalization;
using System.Numerics.Tensors;
using Agent.Core.Native;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Inference.Embedding;

/// <summary>An <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/> whose model runs in this process. Embeddings have length 1.</summary>
/// <remarks>
/// <para>Thread-safe: the texts of all calls are computed side by side, in batches, on one thread of its own. Short calls pass long ones.</para>
/// <para>
/// The same text may get slightly different embeddings in different batches (cosine above 0.9999 for weights of 16 bits and more): the
/// order in which numbers are added depends on the batch.
/// </para>
/// <para>Nothing leaves the process. The model belongs to the caller and must outlive this.</para>
/// </remarks>
public sealed class LlamaEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int FailuresNamed = 3;

    private readonly PoolingWorker _worker;
    private readonly LlamaEmbeddingOptions _options;
    private readonly ITokenizer _tokenizer;
    private readonly SpecialTokenFrame _frame;
    private readonly int _contextTokens;
    private readonly string _modelId;
    private readonly TimeProvider _time;
    private readonly EmbeddingGeneratorMetadata _metadata;

    private LlamaEmbeddingGenerator(PoolingWorker worker, LlamaModel model, LlamaEmbeddingOptions options, TimeProvider time)
    {
        _worker = worker;
        _options = options;
        _tokenizer = model.Tokenizer;
        _frame = SpecialTokenFrame.Of(new NativeVocabulary(model.Native.Handle));
        _contextTokens = PoolingEngine.ContextTokensOf(model, options.ContextTokens);
        _modelId = options.ModelId ?? model.Description.Name ?? Path.GetFileNameWithoutExtension(model.Description.Path);
        _time = time;
        _metadata = new EmbeddingGeneratorMetadata("llama.cpp", providerUri: null, _modelId, worker.OutputLength);
    }

    /// <summary>Components of an embedding.</summary>
    public int Dimensions => _worker.OutputLength;

    /// <summary>Most tokens of a text, those included that the model expects around it.</summary>
    public int ContextTokens => _contextTokens;

    /// <summary>Creates the context and computes a first token.</summary>
    /// <param name="model">The model, loaded by <see cref="LlamaModel.LoadForEmbeddingAsync"/>; one that generates will do, too.</param>
    /// <param name="options">How texts are embedded.</param>
    /// <param name="logger">Receives failures.</param>
    /// <param name="time">Clock of <see cref="Microsoft.Extensions.AI.Embedding.CreatedAt"/>. Default: the system's.</param>
    /// <exception cref="ArgumentException">The model is a reranker, or its file does not say how to pool and the options do not either.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="LlamaException">llama.cpp could not create the context.</exception>
    public static async Task<LlamaEmbeddingGenerator> StartAsync(LlamaModel model, LlamaEmbeddingOptions options, ILogger logger, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        options.Validate();
        var pooling = model.Description.Pooling switch
        {
            PoolingType.Rank => throw new ArgumentException($"'{model.Description.Path}' is a reranker, which scores pairs of texts. Give an embedding model.", nameof(model)),
            PoolingType.Mean or PoolingType.Cls or PoolingType.Last when options.Pooling is null => model.Description.Pooling,
            _ => options.Pooling ?? throw new ArgumentException($"'{model.Description.Path}' does not say how its vectors are pooled. Set Pooling to Mean, Cls or Last, as the model's card says.", nameof(options)),
        };
        var clock = time ?? TimeProvider.System;
        var worker = await PoolingEngine.StartAsync(model, options.Shape, pooling, logger, clock).ConfigureAwait(false);
        try
        {
            var generator = new LlamaEmbeddingGenerator(worker, model, options, clock);
            return generator._frame.Length < generator._contextTokens
                ? generator
                : throw new ArgumentException($"A context of {generator._contextTokens} tokens leaves no room for a text.", nameof(options));
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>Embeds texts.</summary>
    /// <param name="values">The texts.</param>
    /// <param name="options">
    /// May name this model, its dimensions, and in the additional properties an <see cref="EmbeddingPurpose"/> (see <see cref="EmbeddingProperties"/>);
    /// other additional properties are ignored.
    /// </param>
    /// <param name="cancellationToken">Ends the call; a batch that is being computed is finished for others.</param>
    /// <returns>One embedding for each text, in order; those of cut texts say so (<see cref="EmbeddingProperties.CutFrom"/>).</returns>
    /// <exception cref="EmbeddingException">Some texts could not be embedded; it holds the embeddings of the others.</exception>
    /// <exception cref="EngineException">The generator was disposed, or has failed.</exception>
    /// <exception cref="NotSupportedException">Another model, or another number of dimensions, is asked for.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        Check(options);
        var prefix = EmbeddingProperties.PurposeOf(options) == EmbeddingPurpose.Query ? _options.QueryPrefix : _options.DocumentPrefix;
        string[] texts = [.. values];
        if (Array.IndexOf(texts, null!) is >= 0 and var missing)
        {
            throw new ArgumentException($"Text {missing} is null.", nameof(values));
        }

        var tokens = await Task.Run(() => Encode(texts, prefix, cancellationToken), cancellationToken).ConfigureAwait(false);
        var sequences = tokens.Where(static text => text.Failure is null).ToArray();
        var rows = await _worker.ComputeAsync([.. sequences.Select(static text => text.Tokens)], cancellationToken).ConfigureAwait(false);
        return Collect(tokens, rows);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Waits until the batch that runs is over; calls that are not done fail with <see cref="EngineException"/>.</summary>
    public void Dispose() => _worker.Dispose();

    private void Check(EmbeddingGenerationOptions? options)
    {
        if (options?.ModelId is { } model && model != _modelId)
        {
            throw new NotSupportedException($"The model '{model}' was asked for; this generator has '{_modelId}'. Leave ModelId out.");
        }

        if (options?.Dimensions is { } dimensions && dimensions != Dimensions)
        {
            throw new NotSupportedException($"{dimensions} dimensions were asked for; the model gives {Dimensions}. Leave Dimensions out.");
        }
    }

    private List<EncodedText> Encode(string[] texts, string prefix, CancellationToken cancellationToken)
    {
        List<EncodedText> encoded = [];
        List<int> tokens = [];
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tokens.Clear();
            _tokenizer.Encode(prefix + text, tokens);
            var length = tokens.Count + _frame.Length;
            encoded.Add(length switch
            {
                0 => new EncodedText([], length, "it holds nothing to embed"),
                _ when length > _contextTokens && _options.Overlong == OverlongText.Refuse => new EncodedText([], length, $"it has {length:N0} tokens, and {_contextTokens:N0} are possible; shorten it or let it be cut"),
                _ => new EncodedText(_frame.Around(tokens, _contextTokens), length, null),
            });
        }

        return encoded;
    }

    private GeneratedEmbeddings<Embedding<float>> Collect(List<EncodedText> texts, PooledRow[] rows)
    {
        var embeddings = new Embedding<float>?[texts.Count];
        List<(int Index, string Reason, Exception? Cause)> failures = [];
        var next = 0;
        for (var i = 0; i < embeddings.Length; i++)
        {
            if (texts[i].Failure is { } reason)
            {
                failures.Add((i, reason, null));
                continue;
            }

            var row = rows[next++];
            if (row.Failure is { } failure)
            {
                failures.Add((i, failure.Message.TrimEnd('.'), failure));
            }
            else if (!TryNormalize(row.Values!))
            {
                failures.Add((i, "the model gave no usable vector for it (zeros, or what is not a number)", null));
            }
            else
            {
                embeddings[i] = ToEmbedding(row.Values!, texts[i]);
            }
        }

        if (failures.Count > 0)
        {
            var named = string.Join("; ", failures.Take(FailuresNamed).Select(static failure => string.Create(CultureInfo.InvariantCulture, $"text {failure.Index}: {failure.Reason}")));
            var rest = failures.Count > FailuresNamed ? $"; and {failures.Count - FailuresNamed} more" : string.Empty;
            throw new EmbeddingException($"{failures.Count} of {texts.Count} texts could not be embedded. {named}{rest}.", embeddings, failures[0].Cause);
        }

        var computed = texts.Sum(static text => (long)text.Tokens.Length);
        return new GeneratedEmbeddings<Embedding<float>>(embeddings!) { Usage = new UsageDetails { InputTokenCount = computed, TotalTokenCount = computed } };
    }

    private Embedding<float> ToEmbedding(float[] vector, EncodedText text)
    {
        var embedding = new Embedding<float>(vector) { ModelId = _modelId, CreatedAt = _time.GetUtcNow() };
        if (text.Tokens.Length < text.Length)
        {
            embedding.AdditionalProperties = new AdditionalPropertiesDictionary
            {
                [EmbeddingProperties.CutFrom] = text.Length,
                [EmbeddingProperties.CutTo] = text.Tokens.Length,
            };
        }

        return embedding;
    }

    private static bool TryNormalize(float[] vector)
    {
        var wide = new double[vector.Length];
        TensorPrimitives.ConvertTruncating<float, double>(vector, wide);
        var norm = TensorPrimitives.Norm<double>(wide);
        if (!(norm > 0 && double.IsFinite(norm)))
        {
            return false;
        }

        TensorPrimitives.Divide(wide, norm, wide);
        TensorPrimitives.ConvertTruncating<double, float>(wide, vector);
        return true;
    }

    private sealed record EncodedText(int[] Tokens, int Length, string? Failure);
}
