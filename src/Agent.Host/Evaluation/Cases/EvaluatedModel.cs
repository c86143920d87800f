using Agent.Core.Inference.Sampling;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Remote;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Cases;

/// <summary>The model that is measured: in this process, or on a server. Disposing it frees what runs here.</summary>
internal sealed class EvaluatedModel : IAsyncDisposable
{
    /// <summary>Requests at once where a server's limits are not known.</summary>
    private const int RequestsAtOnce = 8;

    private readonly LoadedModel? _loaded;

    private EvaluatedModel(IChatClient client, string name, LoadedModel? loaded = null)
    {
        Client = client;
        Name = name;
        _loaded = loaded;
    }

    /// <summary>The model as a chat client.</summary>
    public IChatClient Client { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The server it runs on; null for this process.</summary>
    public Uri? Server { get; private init; }

    /// <summary>Requests that are answered side by side.</summary>
    public int Sequences => _loaded?.Engine.Plan?.MaxSequences ?? RequestsAtOnce;

    /// <summary>Least probability at which a turn opens with a call; null where the model decides alone.</summary>
    public double? CallThreshold => _loaded?.CallThreshold;

    /// <summary>What works differently from what one may expect, one sentence each.</summary>
    public IReadOnlyList<string> Warnings => _loaded?.Warnings ?? [];

    /// <summary>A model on a server.</summary>
    public static EvaluatedModel OnServer(OpenAIChatClientOptions options, TimeProvider time) =>
        new(new OpenAIChatClient(options, time), options.Model) { Server = options.Endpoint };

    /// <summary>Loads the model of the settings, with plain greedy decoding.</summary>
    /// <exception cref="AgentStartException">Library, model or engine cannot be used.</exception>
    public static async Task<EvaluatedModel> LoadAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        var loaded = await LoadedModel.LoadAsync(settings with { Sampling = SamplingOptions.Greedy }, options, cancellationToken);
        return new EvaluatedModel(loaded.Client, loaded.Name, loaded);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_loaded is not null)
        {
            await _loaded.DisposeAsync();
        }
    }
}
