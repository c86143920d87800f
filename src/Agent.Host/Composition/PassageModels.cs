using Agent.Core.Gguf;
using Agent.Core.Inference;
using Agent.Core.Inference.Embedding;
using Agent.Core.Native;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Search;
using Agent.Host.Configuration;
using Agent.Host.Remote;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Composition;

/// <summary>The models that a search may use beside its index: one for embeddings, one that orders hits anew.</summary>
internal sealed class PassageModels : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Gives vectors; null where the settings name no model, or none is needed.</summary>
    public PassageEmbedder? Embedder { get; private set; }

    /// <summary>Orders hits anew; null where the settings name no model.</summary>
    public IPassageReranker? Reranker { get; private set; }

    /// <summary>Loads what a search needs.</summary>
    /// <exception cref="AgentStartException">A model cannot be used.</exception>
    public static Task<PassageModels> ForSearchAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken) =>
        LoadAsync(settings, options, settings.Retrieval.Mode != SearchMode.Lexical, settings.Retrieval.Reranker, cancellationToken);

    /// <summary>Loads what an ingest needs.</summary>
    /// <exception cref="AgentStartException">A model cannot be used.</exception>
    public static Task<PassageModels> ForIngestAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken) =>
        LoadAsync(settings, options, settings.Embedding.IsSet, reranker: null, cancellationToken);

    /// <summary>A search of a collection with these models.</summary>
    public PassageSearch CreateSearch(Core.Retrieval.Storage.PassageStore store, AgentSettings settings) =>
        new(store, new PassageSearchOptions { Mode = settings.Retrieval.Mode }, Embedder, Reranker);

    public void Dispose()
    {
        // The contexts before the models that they use.
        foreach (var owned in _owned.AsEnumerable().Reverse())
        {
            owned.Dispose();
        }
    }

    private static async Task<PassageModels> LoadAsync(AgentSettings settings, AgentRuntimeOptions options, bool embeds, string? reranker, CancellationToken cancellationToken)
    {
        var models = new PassageModels();
        try
        {
            if (embeds)
            {
                models.Embedder = settings.Embedding.Url is null
                    ? await models.LoadEmbedderAsync(settings, options, cancellationToken)
                    : models.ConnectEmbedder(settings.Embedding, options);
            }

            if (reranker is not null)
            {
                var model = await models.LoadModelAsync(reranker, "Agent:Retrieval:Reranker", settings.Model.GpuLayers, settings, options, cancellationToken);
                var started = await TryAsync(reranker, () => LlamaReranker.StartAsync(model, new LlamaRerankerOptions(), options.LoggerFactory.CreateLogger<LlamaReranker>(), options.Time));
                models._owned.Add(started);
                models.Reranker = new LlamaPassageReranker(started);
            }

            return models;
        }
        catch
        {
            models.Dispose();
            throw;
        }
    }

    private async Task<PassageEmbedder> LoadEmbedderAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        var embedding = settings.Embedding;
        var model = await LoadModelAsync(embedding.Path!, "Agent:Embedding:Path", embedding.GpuLayers, settings, options, cancellationToken);
        var generator = await TryAsync(
            embedding.Path!,
            () => LlamaEmbeddingGenerator.StartAsync(
                model,
                new LlamaEmbeddingOptions { Pooling = embedding.Pooling, QueryPrefix = embedding.QueryPrefix, DocumentPrefix = embedding.DocumentPrefix },
                options.LoggerFactory.CreateLogger<LlamaEmbeddingGenerator>(),
                options.Time));
        _owned.Add(generator);
        var metadata = (EmbeddingGeneratorMetadata)generator.GetService(typeof(EmbeddingGeneratorMetadata))!;
        return new PassageEmbedder($"{metadata.DefaultModelId} ({generator.Dimensions}, {embedding.Pooling?.ToString() ?? "own pooling"}, '{embedding.DocumentPrefix}')", generator);
    }

    private PassageEmbedder ConnectEmbedder(EmbeddingSettings embedding, AgentRuntimeOptions options)
    {
        var generator = new OpenAIEmbeddingGenerator(
            new OpenAIEmbeddingGeneratorOptions
            {
                Endpoint = embedding.Url!,
                Model = embedding.Model!,
                ApiKey = options.Environment(EmbeddingSettings.KeyVariable),
                QueryPrefix = embedding.QueryPrefix,
                DocumentPrefix = embedding.DocumentPrefix,
            },
            options.Time);
        _owned.Add(generator);
        return new PassageEmbedder($"{embedding.Model} on {embedding.Url!.Authority} ('{embedding.DocumentPrefix}')", generator);
    }

    private async Task<LlamaModel> LoadModelAsync(string path, string setting, int? gpuLayers, AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        var found = settings.Resolve(path);
        if (!File.Exists(found.Full))
        {
            throw new AgentStartException(AgentLoadStage.Model, $"There is no model file '{path}' (looked for {string.Join(" and ", found.Tried)}). Name a GGUF file with {setting}.");
        }

        var library = ModelLoading.LoadLibrary(settings, options);
        var model = await TryAsync(path, () => LlamaModel.LoadForEmbeddingAsync(
            library, new LlamaModelOptions { Path = found.Full, GpuLayers = gpuLayers }, progress: null, options.LoggerFactory.CreateLogger<LlamaModel>(), cancellationToken));
        _owned.Add(model);
        return model;
    }

    private static async Task<T> TryAsync<T>(string path, Func<Task<T>> start)
    {
        try
        {
            return await start();
        }
        catch (Exception e) when (e is GgufFormatException or LlamaException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new AgentStartException(AgentLoadStage.Model, $"{path}: {e.Message}", e);
        }
    }
}
