using Agent.Core.Chat.Client;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Host.Configuration;
using Microsoft.Extensions.AI;

namespace Agent.Host.Composition;

/// <summary>The model of the settings, ready to answer: weights, engine, client.</summary>
/// <remarks>Thread-safe. Disposing it ends what runs and frees the model.</remarks>
internal sealed class LoadedModel : IAsyncDisposable
{
    private readonly LlamaChatClient _client;
    private readonly LlamaChatClientOptions _clientOptions;

    private LoadedModel(LlamaModel model, InferenceEngine engine, LlamaChatClientOptions clientOptions, TimeProvider time)
    {
        Model = model;
        Engine = engine;
        _clientOptions = clientOptions;
        _client = new LlamaChatClient(engine, model.Tokenizer, new QwenChatTemplate(), clientOptions, time);
    }

    /// <summary>The weights.</summary>
    public LlamaModel Model { get; }

    /// <summary>Runs them.</summary>
    public InferenceEngine Engine { get; }

    /// <summary>The model as a chat client.</summary>
    public IChatClient Client => _client;

    /// <summary>The model's name in responses.</summary>
    public string Name => _clientOptions.ModelId;

    /// <summary>Least probability at which a turn opens with a call; null where the model decides alone.</summary>
    public double? CallThreshold => _clientOptions.CallThreshold;

    /// <summary>What works differently from what one may expect, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => QwenChatTemplate.Matches(Model.Description.ChatTemplate)
        ? []
        : [$"The chat template of '{Path.GetFileName(Model.Description.Path)}' is not that of Qwen2.5, which is used all the same: answers and tool calls may be poor. Choose a Qwen2.5 model."];

    /// <summary>Loads library and model, and starts the engine.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="options">Loggers, clock, progress.</param>
    /// <param name="cancellationToken">Stops the start; nothing of it stays in memory.</param>
    /// <exception cref="AgentStartException">Library, model or engine cannot be used.</exception>
    public static Task<LoadedModel> LoadAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken) =>
        LoadAsync(ModelLoading.LoadLibrary(settings, options), settings, options, cancellationToken);

    /// <summary>Loads the model into a library that is loaded, and starts the engine.</summary>
    /// <param name="library">The library.</param>
    /// <param name="settings">The configuration.</param>
    /// <param name="options">Loggers, clock, progress.</param>
    /// <param name="cancellationToken">Stops the start; nothing of it stays in memory.</param>
    /// <exception cref="AgentStartException">Model or engine cannot be used.</exception>
    public static async Task<LoadedModel> LoadAsync(LlamaRuntime library, AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        LlamaModel? model = null;
        InferenceEngine? engine = null;
        try
        {
            model = await ModelLoading.LoadWeightsAsync(library, settings, options, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            engine = await ModelLoading.StartEngineAsync(model, settings, options);
            return new LoadedModel(model, engine, ClientOptions(settings, model), options.Time);
        }
        catch
        {
            if (engine is not null)
            {
                await engine.DisposeAsync();
            }

            model?.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Engine.DisposeAsync();
        Model.Dispose();
    }

    private static LlamaChatClientOptions ClientOptions(AgentSettings settings, LlamaModel model) => new()
    {
        ModelId = settings.Model.Id ?? Path.GetFileNameWithoutExtension(model.Description.Path),
        Sampling = settings.Sampling,
        MaxOutputTokens = settings.Model.MaxOutputTokens,
        CallThreshold = settings.Model.CallThreshold,
        ConstrainToolCalls = settings.Model.ConstrainToolCalls,
        MaxToolCallsPerTurn = settings.Loop.MaxToolCallsPerRound,
    };
}
