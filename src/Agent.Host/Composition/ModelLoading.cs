using Agent.Core.Gguf;
using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Host.Configuration;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Composition;

/// <summary>The steps from settings to a model that runs; each says in words for the user what it cannot do.</summary>
internal static class ModelLoading
{
    /// <summary>Loads the native library that the settings lead to.</summary>
    /// <exception cref="AgentStartException">None can be used.</exception>
    public static LlamaRuntime LoadLibrary(AgentSettings settings, AgentRuntimeOptions options)
    {
        options.Progress?.Report(new AgentLoadProgress(AgentLoadStage.Library));
        var native = settings.Native;
        if (native.LibraryPath is { } path)
        {
            native = native with { LibraryPath = settings.Resolve(path).Full };
        }

        try
        {
            return LlamaRuntime.Load(native, options.LoggerFactory.CreateLogger<LlamaRuntime>());
        }
        catch (LlamaException e)
        {
            throw new AgentStartException(AgentLoadStage.Library, e.Message, e);
        }
    }

    /// <summary>The full path of the model file.</summary>
    /// <exception cref="AgentStartException">There is no such file.</exception>
    public static string FindFile(AgentSettings settings)
    {
        var found = settings.Resolve(settings.Model.Path);
        return File.Exists(found.Full)
            ? found.Full
            : throw new AgentStartException(
                AgentLoadStage.Model,
                $"There is no model file '{settings.Model.Path}' (looked for {string.Join(" and ", found.Tried)}). Name a GGUF file with --model or Agent:Model:Path.");
    }

    /// <summary>Checks and loads the model file that the settings name.</summary>
    /// <exception cref="AgentStartException">It is missing, not sound, not the pinned one, or the library refuses it.</exception>
    public static async Task<LlamaModel> LoadWeightsAsync(LlamaRuntime library, AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        options.Progress?.Report(new AgentLoadProgress(AgentLoadStage.Model));
        var path = FindFile(settings);
        var progress = options.Progress is { } receiver ? new ModelProgress(receiver) : null;
        var modelOptions = settings.Model.ToLoadOptions() with
        {
            Path = path,
            Adapters = [.. settings.Model.Adapters.Select((adapter, at) => adapter with { Path = FindAdapter(settings, adapter.Path, at) })],
        };
        try
        {
            return await LlamaModel.LoadAsync(library, modelOptions, progress, options.LoggerFactory.CreateLogger<LlamaModel>(), cancellationToken);
        }
        catch (Exception e) when (e is GgufFormatException or LlamaException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new AgentStartException(AgentLoadStage.Model, e.Message, e);
        }
    }

    /// <summary>Loads the vocabulary of the model that the settings name, without its weights.</summary>
    /// <exception cref="AgentStartException">Library or file cannot be used.</exception>
    public static async Task<LlamaModel> LoadVocabularyAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        var library = LoadLibrary(settings, options);
        var path = FindFile(settings);
        try
        {
            return await LlamaModel.LoadVocabularyAsync(library, path, options.LoggerFactory.CreateLogger<LlamaModel>(), cancellationToken);
        }
        catch (Exception e) when (e is GgufFormatException or LlamaException or IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException(AgentLoadStage.Model, e.Message, e);
        }
    }

    /// <summary>Starts an engine on a model.</summary>
    /// <exception cref="AgentStartException">The context does not fit, or cannot be created.</exception>
    public static async Task<InferenceEngine> StartEngineAsync(LlamaModel model, AgentSettings settings, AgentRuntimeOptions options)
    {
        options.Progress?.Report(new AgentLoadProgress(AgentLoadStage.Engine));
        try
        {
            return await InferenceEngine.StartAsync(model, EngineOptionsFor(model.Description, settings, options), options.LoggerFactory.CreateLogger<InferenceEngine>(), options.Time);
        }
        catch (Exception e) when (e is EngineException or LlamaException)
        {
            throw new AgentStartException(AgentLoadStage.Engine, e.Message, e);
        }
    }

    private static string FindAdapter(AgentSettings settings, string path, int at)
    {
        var found = settings.Resolve(path);
        return File.Exists(found.Full)
            ? found.Full
            : throw new AgentStartException(
                AgentLoadStage.Model,
                $"There is no adapter file '{path}' (looked for {string.Join(" and ", found.Tried)}). Name a LoRA adapter in GGUF format with Agent:Model:Adapters:{at}:Path, or remove it.");
    }

    /// <summary>The default profile is a wish that nobody uttered: a smaller model simply gets what it was trained for.</summary>
    private static EngineOptions EngineOptionsFor(ModelDescription model, AgentSettings settings, AgentRuntimeOptions options)
    {
        var engine = settings.Engine with { MaxSequences = settings.Engine.MaxSequences ?? options.DefaultSequences };
        return !settings.ContextIsChosen && model.ContextLength is { } trained and >= 256 && trained < ContextPlan.TokensOf(engine.Profile)
            ? engine with { ContextTokens = trained / 256 * 256 }
            : engine;
    }

    /// <summary>Passes the progress on at once: <see cref="Progress{T}"/> would post it, and it would arrive after the end.</summary>
    private sealed class ModelProgress(IProgress<AgentLoadProgress> receiver) : IProgress<float>
    {
        public void Report(float value) => receiver.Report(new AgentLoadProgress(AgentLoadStage.Model, value));
    }
}
