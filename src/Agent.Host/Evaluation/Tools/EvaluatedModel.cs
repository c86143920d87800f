using System.Diagnostics.CodeAnalysis;
using Agent.Core.Chat.Client;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Remote;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Tools;

/// <summary>The model that is measured: in this process, or on a server. Disposing it frees what runs here.</summary>
internal sealed class EvaluatedModel : IAsyncDisposable
{
    /// <summary>Requests at once where a server's limits are not known.</summary>
    private const int RequestsAtOnce = 8;

    private readonly InferenceEngine? _engine;
    private readonly LlamaModel? _model;

    private EvaluatedModel(IChatClient client, string name, LlamaModel? model = null, InferenceEngine? engine = null)
    {
        Client = client;
        Name = name;
        _model = model;
        _engine = engine;
    }

    /// <summary>The model as a chat client.</summary>
    public IChatClient Client { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The server it runs on; null for this process.</summary>
    public Uri? Server { get; private init; }

    /// <summary>Requests that are answered side by side.</summary>
    public int Sequences => _engine?.Plan?.MaxSequences ?? RequestsAtOnce;

    /// <summary>Least probability at which a turn opens with a call; null where the model decides alone.</summary>
    public double? CallThreshold { get; private init; }

    /// <summary>What works differently from what one may expect, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>A model on a server.</summary>
    public static EvaluatedModel OnServer(OpenAIChatClientOptions options, TimeProvider time) =>
        new(new OpenAIChatClient(options, time), options.Model) { Server = options.Endpoint };

    /// <summary>Loads the model of the settings, with plain greedy decoding.</summary>
    /// <exception cref="AgentStartException">Library, model or engine cannot be used.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The result owns the parts; they are disposed here where it does not come to be.")]
    public static async Task<EvaluatedModel> LoadAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        settings = settings with { Sampling = SamplingOptions.Greedy };
        LlamaModel? model = null;
        InferenceEngine? engine = null;
        try
        {
            model = await AgentRuntime.LoadModelAsync(AgentRuntime.LoadLibrary(settings, options), settings, options, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            engine = await AgentRuntime.StartEngineAsync(model, settings, options);
            var clientOptions = AgentRuntime.ClientOptions(settings, model);
            var client = new LlamaChatClient(engine, model.Tokenizer, new QwenChatTemplate(), clientOptions, options.Time);
            return new EvaluatedModel(client, clientOptions.ModelId, model, engine)
            {
                CallThreshold = clientOptions.CallThreshold,
                Warnings = AgentRuntime.WarningsOf(model.Description),
            };
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
        Client.Dispose();
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _model?.Dispose();
    }
}
