using Agent.Core.Agents;
using Agent.Core.Inference;
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
    private readonly LoadedModel _model;
    private readonly AgentPassages? _passages;
    private readonly AgentRuntimeOptions _options;
    private readonly SqliteToolLedger _ledger;

    private AgentRuntime(AgentSettings settings, AgentDefinitions definitions, LoadedModel model, AgentPassages? passages, AgentRuntimeOptions options)
    {
        Settings = settings;
        _definitions = definitions;
        _model = model;
        _passages = passages;
        _options = options;
        _ledger = new SqliteToolLedger(options.LedgerPath ?? settings.LedgerPath(), options.Time);
        Loop = CreateLoop(Client);
    }

    /// <summary>The configuration.</summary>
    public AgentSettings Settings { get; }

    /// <summary>The model.</summary>
    public LlamaModel Model => _model.Model;

    /// <summary>Runs the model.</summary>
    public InferenceEngine Engine => _model.Engine;

    /// <summary>The model as a chat client.</summary>
    public IChatClient Client => _model.Client;

    /// <summary>The loop over <see cref="Client"/>.</summary>
    public AgentLoop Loop { get; }

    /// <summary>How long the start took.</summary>
    public TimeSpan LoadTime { get; private init; }

    /// <summary>What works differently from what one may expect, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => _model.Warnings;

    /// <summary>Puts everything together; what a person wrote is checked before the model is loaded.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="options">Loggers, clock, progress.</param>
    /// <param name="cancellationToken">Stops the start; nothing of it stays in memory.</param>
    /// <exception cref="ToolsFileException">The tool file is missing or wrong; all problems are listed.</exception>
    /// <exception cref="PromptFileException">A prompt is missing or wrong.</exception>
    /// <exception cref="AgentStartException">Library, model or engine cannot be used.</exception>
    /// <exception cref="Core.Retrieval.RetrievalException">The collection of passages that the settings want cannot be used.</exception>
    public static async Task<AgentRuntime> StartAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        options.Progress?.Report(new AgentLoadProgress(AgentLoadStage.Definitions));
        var definitions = await AgentDefinitions.LoadAsync(settings, options, cancellationToken);
        LoadedModel? model = null;
        AgentPassages? passages = null;
        try
        {
            model = await LoadedModel.LoadAsync(settings, options, cancellationToken);
            passages = await AgentPassages.OpenAsync(settings, definitions.Prompts, model.Model.Tokenizer, options, cancellationToken);
            return new AgentRuntime(settings, definitions, model, passages, options) { LoadTime = options.Time.GetElapsedTime(started) };
        }
        catch
        {
            if (passages is not null)
            {
                await passages.DisposeAsync();
            }

            if (model is not null)
            {
                await model.DisposeAsync();
            }

            await definitions.DisposeAsync();
            throw;
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
            Passages = _passages?.Injector,
            DecorateToolInvoker = function => new MaskingToolInvoker(
                new LedgerToolInvoker(function, _ledger, loggers.CreateLogger<LedgerToolInvoker>()), () => _definitions.CurrentMask),
        };
        return new AgentLoop(client, options, loggers.CreateLogger<AgentLoop>(), _options.Time);
    }

    /// <summary>A request that may use every tool.</summary>
    /// <param name="tools">The tools, leased until the run is over.</param>
    public AgentRequest CreateRequest(ToolRegistry tools) => new() { Tools = [.. tools.Tools, .. _passages?.Tools ?? []] };

    /// <summary>The tools as they are now; hold them for one run, so that a reload counts from the next one on.</summary>
    public ToolRegistryLease AcquireTools() => _definitions.AcquireTools();

    /// <summary>The system prompt for a conversation that begins with a question.</summary>
    public string SystemPrompt(string question, ToolRegistry tools) => _definitions.SystemPrompt(question, tools.Tools.Concat<AITool>(_passages?.Tools ?? []).Select(tool => tool.Name));

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        if (_passages is not null)
        {
            await _passages.DisposeAsync();
        }

        await _definitions.DisposeAsync();
    }

    /// <summary>The mask of the tools that are in force.</summary>
    private sealed class CurrentMask(AgentDefinitions definitions) : ITextMask
    {
        public string Mask(string text) => definitions.CurrentMask.Mask(text);
    }
}
