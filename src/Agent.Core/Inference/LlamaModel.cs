using Agent.Core.Gguf;
using Agent.Core.Native;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Inference;

/// <summary>A model in memory: weights, vocabulary and what its file says about it.</summary>
/// <remarks>Thread-safe. Several engines may share one model; dispose it after them.</remarks>
public sealed partial class LlamaModel : IDisposable
{
    private LlamaModel(LlamaRuntime runtime, ModelDescription description, NativeModel native, bool onGpu, Func<int, bool> isOrdinaryToken)
    {
        Runtime = runtime;
        Description = description;
        Native = native;
        OnGpu = onGpu;
        Tokenizer = new LlamaTokenizer(new NativeVocabulary(native.Handle), isOrdinaryToken);
    }

    /// <summary>The library it was loaded with.</summary>
    public LlamaRuntime Runtime { get; }

    /// <summary>What its file says about it.</summary>
    public ModelDescription Description { get; }

    /// <summary>Its tokeniser.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>Whether a GPU computes it.</summary>
    public bool OnGpu { get; }

    internal NativeModel Native { get; }

    /// <summary>Checks a file and loads it.</summary>
    /// <param name="runtime">The library.</param>
    /// <param name="options">Which file, and how.</param>
    /// <param name="progress">Receives 0 to 1 on a thread of the pool.</param>
    /// <param name="logger">Receives what was loaded.</param>
    /// <param name="cancellationToken">Stops the load; nothing of it stays in memory.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufFormatException">It is not a sound GGUF file, or not of a model that generates text.</exception>
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
        if (options.Sha256 is { Length: > 0 } pinned)
        {
            ModelPin.Check(options.Path, pinned, cancellationToken);
        }

        var file = GgufFile.Read(options.Path);
        var description = ModelDescription.From(file);
        check?.Invoke(description);

        var onGpu = options.GpuLayers != 0 && runtime.GetDevices().Any(d => d.IsGpu);
        var native = NativeModel.Load(
            options.Path,
            new NativeModelOptions { GpuLayers = options.GpuLayers, MemoryMap = options.MemoryMap, VocabularyOnly = check is null },
            progress is null ? null : progress.Report,
            cancellationToken);
        var model = new LlamaModel(runtime, description, native, onGpu, OrdinaryTokens(file));
        LogLoaded(logger, options.Path, description.Architecture, description.Quantization, description.ParameterCount, description.FileSize);
        return model;
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
}
