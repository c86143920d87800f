using System.Diagnostics.CodeAnalysis;
using Agent.Core.Agents;
using Agent.Core.Chat.Client;
using Agent.Core.Chat.Template;
using Agent.Core.Gguf;
using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Core.Prompts;
using Agent.Host.Configuration;
using Agent.Tools.Ledger;
using Agent.Tools.Masking;
using Agent.Tools.Registry;
using Agent.Tools.Reloading;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Composition;

/// <summary>Everything between a configuration and an answer, put together: library, model, engine, client, tools, prompts, loop.</summary>
/// <remarks>Thread-safe. Disposing it ends what runs and frees the model.</remarks>
internal sealed class AgentRuntime : IAsyncDisposable
{
    private readonly AgentDefinitions _definitions;
    private readonly AgentRuntimeOptions _options;
    private readonly SqliteToolLedger _ledger;

    private AgentRuntime(AgentSettings settings, AgentDefinitions definitions, LlamaModel model, InferenceEngine engine, LlamaChatClient client, AgentRuntimeOptions options)
    {
        Settings = settings;
        _definitions = definitions;
        Model = model;
        Engine = engine;
        Client = client;
        _options = options;
        _ledger = new SqliteToolLedger(options.LedgerPath ?? settings.LedgerPath(), options.Time);
        Loop = CreateLoop(client);
    }

    /// <summary>The configuration.</summary>
    public AgentSettings Settings { get; }

    /// <summary>The model.</summary>
    public LlamaModel Model { get; }

    /// <summary>Runs the model.</summary>
    public InferenceEngine Engine { get; }

    /// <summary>The model as a chat client.</summary>
    public IChatClient Client { get; }

    /// <summary>The loop over <see cref="Client"/>.</summary>
    public AgentLoop Loop { get; }

    /// <summary>How long the start took.</summary>
    public TimeSpan LoadTime { get; private init; }

    /// <summary>What works differently from what one may expect, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>Puts everything together; what a person wrote is checked before the model is loaded.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="options">Loggers, clock, progress.</param>
    /// <param name="cancellationToken">Stops the start; nothing of it stays in memory.</param>
    /// <exception cref="ToolsFileException">The tool file is missing or wrong; all problems are listed.</exception>
    /// <exception cref="PromptFileException">A prompt is missing or wrong.</exception>
    /// <exception cref="AgentStartException">Library, model or engine cannot be used.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The runtime owns the parts; they are disposed here where it does not come to be.")]
    public static async Task<AgentRuntime> StartAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        options.Progress?.Report(new AgentLoadProgress(AgentLoadStage.Definitions));
        var definitions = await AgentDefinitions.LoadAsync(settings, options, cancellationToken);
        LlamaModel? model = null;
        InferenceEngine? engine = null;
        try
        {
            var runtime = LoadLibrary(settings, options);
            model = await LoadModelAsync(runtime, settings, options, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            engine = await StartEngineAsync(model, settings, options);
            var client = new LlamaChatClient(engine, model.Tokenizer, new QwenChatTemplate(), ClientOptions(settings, model), options.Time);
            return new AgentRuntime(settings, definitions, model, engine, client, options)
            {
                LoadTime = options.Time.GetElapsedTime(started),
                Warnings = WarningsOf(model.Description),
            };
        }
        catch
        {
            if (engine is not null)
            {
                await engine.DisposeAsync();
            }

            model?.Dispose();
            await definitions.DisposeAsync();
            throw;
        }
    }

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

    /// <summary>Checks and loads the model file that the settings name.</summary>
    /// <exception cref="AgentStartException">It is missing, not sound, not the pinned one, or the library refuses it.</exception>
    public static async Task<LlamaModel> LoadModelAsync(LlamaRuntime runtime, AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        options.Progress?.Report(new AgentLoadProgress(AgentLoadStage.Model));
        var path = FindModel(settings);
        var progress = options.Progress is { } receiver ? new ModelProgress(receiver) : null;
        var modelOptions = new LlamaModelOptions
        {
            Path = path,
            Sha256 = settings.Model.Sha256,
            GpuLayers = settings.Model.GpuLayers,
            MemoryMap = settings.Model.MemoryMap,
        };
        try
        {
            return await LlamaModel.LoadAsync(runtime, modelOptions, progress, options.LoggerFactory.CreateLogger<LlamaModel>(), cancellationToken);
        }
        catch (Exception e) when (e is GgufFormatException or LlamaException or IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException(AgentLoadStage.Model, e.Message, e);
        }
    }

    /// <summary>The full path of the model file.</summary>
    /// <exception cref="AgentStartException">There is no such file.</exception>
    public static string FindModel(AgentSettings settings)
    {
        var found = settings.Resolve(settings.Model.Path);
        return File.Exists(found.Full)
            ? found.Full
            : throw new AgentStartException(
                AgentLoadStage.Model,
                $"There is no model file '{settings.Model.Path}' (looked for {string.Join(" and ", found.Tried)}). Name a GGUF file with --model or Agent:Model:Path.");
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

    /// <summary>A loop over a client, with the limits of the settings; what tools change is entered in the ledger, and secrets are masked.</summary>
    public AgentLoop CreateLoop(IChatClient client)
    {
        var loggers = _options.LoggerFactory;
        var options = new AgentLoopOptions
        {
            Limits = Settings.Loop,
            Mask = new CurrentMask(_definitions),
            DecorateToolInvoker = function => new MaskingToolInvoker(
                new LedgerToolInvoker(function, _ledger, loggers.CreateLogger<LedgerToolInvoker>()), () => _definitions.CurrentMask),
        };
        return new AgentLoop(client, options, loggers.CreateLogger<AgentLoop>(), _options.Time);
    }

    /// <summary>A request that may use every tool.</summary>
    /// <param name="tools">The tools, leased until the run is over.</param>
    public static AgentRequest CreateRequest(ToolRegistry tools) => new() { Tools = [.. tools.Tools] };

    /// <summary>The tools as they are now; hold them for one run, so that a reload counts from the next one on.</summary>
    public ToolRegistryLease AcquireTools() => _definitions.AcquireTools();

    /// <summary>The system prompt for a conversation that begins with a question.</summary>
    public string SystemPrompt(string question, ToolRegistry tools) => _definitions.SystemPrompt(question, tools);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Model.Dispose();
        await _definitions.DisposeAsync();
    }

    /// <summary>The default profile is a wish that nobody uttered: a smaller model simply gets what it was trained for.</summary>
    private static EngineOptions EngineOptionsFor(ModelDescription model, AgentSettings settings, AgentRuntimeOptions options)
    {
        var engine = settings.Engine with { MaxSequences = settings.Engine.MaxSequences ?? options.DefaultSequences };
        return !settings.ContextIsChosen && model.ContextLength is { } trained and >= 256 && trained < ContextPlan.TokensOf(engine.Profile)
            ? engine with { ContextTokens = trained / 256 * 256 }
            : engine;
    }

    /// <summary>How a model is asked, as the settings say.</summary>
    public static LlamaChatClientOptions ClientOptions(AgentSettings settings, LlamaModel model) => new()
    {
        ModelId = settings.Model.Id ?? Path.GetFileNameWithoutExtension(model.Description.Path),
        Sampling = settings.Sampling,
        MaxOutputTokens = settings.Model.MaxOutputTokens,
        CallThreshold = settings.Model.CallThreshold,
        MaxToolCallsPerTurn = settings.Loop.MaxToolCallsPerRound,
    };

    /// <summary>What a model makes work differently from what one may expect, one sentence each.</summary>
    public static IReadOnlyList<string> WarningsOf(ModelDescription model) => QwenChatTemplate.Matches(model.ChatTemplate)
        ? []
        : [$"The chat template of '{Path.GetFileName(model.Path)}' is not that of Qwen2.5, which is used all the same: answers and tool calls may be poor. Choose a Qwen2.5 model."];

    /// <summary>The mask of the tools that are in force.</summary>
    private sealed class CurrentMask(AgentDefinitions definitions) : ITextMask
    {
        public string Mask(string text) => definitions.CurrentMask.Mask(text);
    }

    /// <summary>Passes the progress on at once: <see cref="Progress{T}"/> would post it, and it would arrive after the end.</summary>
    private sealed class ModelProgress(IProgress<AgentLoadProgress> receiver) : IProgress<float>
    {
        public void Report(float value) => receiver.Report(new AgentLoadProgress(AgentLoadStage.Model, value));
    }
}
