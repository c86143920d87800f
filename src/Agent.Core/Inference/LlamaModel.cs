using Agent.Core.Gguf;
using Agent.Core.Native;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Inference;

/// <summary>A model in memory: weights, vocabulary and what its file says about it.</summary>
/// <remarks>Thread-safe. Several engines may share one model; dispose it after them.</remarks>
public sealed partial class LlamaModel : IDisposable
{
    private LlamaModel(LlamaRuntime runtime, ModelDescription description, NativeModel native, ModelPlacement placement, IReadOnlyList<LlamaAdapter> adapters, Func<int, bool> isOrdinaryToken)
    {
        Runtime = runtime;
        Description = description;
        Native = native;
        Placement = placement;
        Adapters = adapters;
        Tokenizer = new LlamaTokenizer(new NativeVocabulary(native.Handle), isOrdinaryToken);
    }

    /// <summary>The library it was loaded with.</summary>
    public LlamaRuntime Runtime { get; }

    /// <summary>What its file says about it.</summary>
    public ModelDescription Description { get; }

    /// <summary>Its tokeniser.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>Where its layers are computed.</summary>
    public ModelPlacement Placement { get; }

    /// <summary>Whether a GPU computes it, or a part of it.</summary>
    public bool OnGpu => Placement.OnGpu;

    /// <summary>The LoRA adapters that change it, in every request.</summary>
    public IReadOnlyList<LlamaAdapter> Adapters { get; }

    internal NativeModel Native { get; }

    /// <summary>Checks a file and loads it.</summary>
    /// <param name="runtime">The library.</param>
    /// <param name="options">Which file, and how.</param>
    /// <param name="progress">Receives 0 to 1 on a thread of the pool.</param>
    /// <param name="logger">Receives what was loaded.</param>
    /// <param name="cancellationToken">Stops the load; nothing of it stays in memory.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or names a GPU that is not there.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufFormatException">It is not a sound GGUF file, or not of a model that generates text; or an adapter does not fit it.</exception>
    /// <exception cref="LlamaException">llama.cpp refused it.</exception>
    public static Task<LlamaModel> LoadAsync(
        LlamaRuntime runtime,
        LlamaModelOptions options,
        IProgress<float>? progress,
        ILogger logger,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        return Task.Run(() => Load(runtime, options, static description => description.EnsureCanGenerate(), progress, logger, cancellationToken), cancellationToken);
    }

    /// <summary>Checks a file and loads it for embeddings or for scoring passages; no engine that generates can be started on it.</summary>
    /// <param name="runtime">The library.</param>
    /// <param name="options">Which file, and how.</param>
    /// <param name="progress">Receives 0 to 1 on a thread of the pool.</param>
    /// <param name="logger">Receives what was loaded.</param>
    /// <param name="cancellationToken">Stops the load; nothing of it stays in memory.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or names a GPU that is not there; or there are adapters, which only models that generate take.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufFormatException">It is not a sound GGUF file of a whole model.</exception>
    /// <exception cref="LlamaException">llama.cpp refused it.</exception>
    public static Task<LlamaModel> LoadForEmbeddingAsync(
        LlamaRuntime runtime,
        LlamaModelOptions options,
        IProgress<float>? progress,
        ILogger logger,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        if (options.Adapters.Count > 0)
        {
            throw new ArgumentException($"Adapters are for models that generate text; '{options.Path}' is loaded for embeddings or for scoring. Leave {nameof(options.Adapters)} empty.", nameof(options));
        }

        return Task.Run(() => Load(runtime, options, static description => description.EnsureCanEmbed(), progress, logger, cancellationToken), cancellationToken);
    }

    /// <summary>Loads only the vocabulary of a file, for its tokeniser: quick, whatever the model's size. No engine can be started on it.</summary>
    /// <param name="runtime">The library.</param>
    /// <param name="path">The file.</param>
    /// <param name="logger">Receives what was loaded.</param>
    /// <param name="cancellationToken">Stops the load.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufFormatException">It is not a sound GGUF file.</exception>
    /// <exception cref="LlamaException">llama.cpp refused it.</exception>
    public static Task<LlamaModel> LoadVocabularyAsync(LlamaRuntime runtime, string path, ILogger logger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(logger);
        return Task.Run(() => Load(runtime, new LlamaModelOptions { Path = path }, check: null, progress: null, logger, cancellationToken), cancellationToken);
    }

    /// <summary>Frees the weights, once no engine uses them.</summary>
    public void Dispose() => Native.Dispose();

    private static LlamaModel Load(
        LlamaRuntime runtime,
        LlamaModelOptions options,
        Action<ModelDescription>? check,
        IProgress<float>? progress,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        options.Validate();
        if (options.Sha256 is { Length: > 0 } pinned)
        {
            ModelPin.Check(options.Path, pinned, cancellationToken);
        }

        var file = GgufFile.Read(options.Path);
        var description = ModelDescription.From(file);
        check?.Invoke(description);
        var placement = ModelPlacement.Create(description.BlockCount ?? 0, options, runtime.GetDevices());
        LlamaAdapter[] adapters = [.. options.Adapters.Select(adapter => Describe(adapter, description))];

        var native = LoadNative(options, placement, adapters, vocabularyOnly: check is null, progress, cancellationToken);
        var model = new LlamaModel(runtime, description, native, placement, adapters, OrdinaryTokens(file));
        LogLoaded(logger, options.Path, description.Architecture, description.Quantization, description.ParameterCount, description.FileSize);
        foreach (var adapter in adapters)
        {
            LogAdapter(logger, adapter);
        }

        return model;
    }

    private static NativeModel LoadNative(
        LlamaModelOptions options,
        ModelPlacement placement,
        LlamaAdapter[] adapters,
        bool vocabularyOnly,
        IProgress<float>? progress,
        CancellationToken cancellationToken)
    {
        if (options.LockMemory && !LlamaApi.SupportsMemoryLock())
        {
            throw new LlamaException("Agent:Model:LockMemory is true, and this build of llama.cpp cannot lock memory on this system. Set it to false.");
        }

        var native = NativeModel.Load(
            options.Path,
            new NativeModelOptions
            {
                GpuLayers = placement.OnGpu ? options.GpuLayers ?? -1 : 0,
                SplitMode = options.SplitMode,
                MainGpu = options.MainGpu ?? 0,
                TensorSplit = options.TensorSplit,
                MemoryMap = options.MemoryMap,
                LockMemory = options.LockMemory,
                VocabularyOnly = vocabularyOnly,
            },
            progress is null ? null : progress.Report,
            cancellationToken);
        try
        {
            foreach (var adapter in adapters)
            {
                native.LoadAdapter(adapter.Path, adapter.Scale);
            }

            return native;
        }
        catch
        {
            native.Dispose();
            throw;
        }
    }

    private static LlamaAdapter Describe(LlamaAdapterOptions options, ModelDescription model)
    {
        var (rank, weights, ignored) = AdapterCheck.Run(GgufFile.Read(options.Path), model);
        return new LlamaAdapter(options.Path, options.Scale, rank, weights, ignored);
    }

    private static Func<int, bool> OrdinaryTokens(GgufFile file)
    {
        const int Normal = 1;
        if (!file.TryGetArray("tokenizer.ggml.token_type", out var types))
        {
            return _ => false;
        }

        bool[] ordinary = [.. types.EnumerateIntegers().Select(type => type == Normal)];
        return token => token < ordinary.Length && ordinary[token];
    }

    [LoggerMessage(EventId = 10, Level = LogLevel.Information, Message = "Loaded {Path}: {Architecture}, {Quantization}, {Parameters} parameters, {Bytes} bytes")]
    private static partial void LogLoaded(ILogger logger, string path, string? architecture, string? quantization, long parameters, long bytes);

    [LoggerMessage(EventId = 16, Level = LogLevel.Information, Message = "Loaded {Adapter}")]
    private static partial void LogAdapter(ILogger logger, LlamaAdapter adapter);
}
