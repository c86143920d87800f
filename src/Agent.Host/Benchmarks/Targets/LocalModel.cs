using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Host.Benchmarks.Loads;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Terminal;

namespace Agent.Host.Benchmarks.Targets;

/// <summary>The weights of the settings' model, for one engine after the other.</summary>
internal sealed class LocalModel : IAsyncDisposable
{
    private readonly AgentSettings _settings;
    private readonly AgentRuntimeOptions _options;
    private readonly long _freeBefore;

    private LocalModel(LlamaModel model, AgentSettings settings, AgentRuntimeOptions options, long freeBefore, TimeSpan loadTime)
    {
        Model = model;
        LoadTime = loadTime;
        _settings = settings;
        _options = options;
        _freeBefore = freeBefore;
    }

    /// <summary>The weights.</summary>
    public LlamaModel Model { get; }

    /// <summary>How long loading them took.</summary>
    public TimeSpan LoadTime { get; }

    /// <summary>Bytes of GPU memory that were taken since before the load; null without a GPU.</summary>
    public long? GpuMemory => Model.OnGpu ? Math.Max(0, _freeBefore - FreeMemory(Model.Runtime)) : null;

    /// <summary>Loads library and weights.</summary>
    /// <exception cref="AgentStartException">Library or model cannot be used.</exception>
    public static async Task<LocalModel> LoadAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        var library = ModelLoading.LoadLibrary(settings, options);
        var free = FreeMemory(library);
        var started = options.Time.GetTimestamp();
        var model = await ModelLoading.LoadWeightsAsync(library, settings, options, cancellationToken);
        return new LocalModel(model, settings, options with { Progress = null }, free, options.Time.GetElapsedTime(started));
    }

    /// <summary>Checks that the requests of a load fit into the context, before anything is measured.</summary>
    /// <exception cref="UsageException">They do not.</exception>
    public void Check(LoadCase load)
    {
        var tokens = ContextPlan.Create(Model.Description, OptionsFor(load), Model.OnGpu, long.MaxValue).ContextTokens;
        if (tokens < load.ContextTokens)
        {
            throw new UsageException($"A request of this load ({load.Name}) has {load.ContextTokens:N0} tokens, prompt and answer, and the context has {tokens:N0}. Ask for fewer tokens, or choose another model or Agent:Engine:ContextTokens.");
        }
    }

    /// <summary>Starts an engine of the size that a load needs.</summary>
    /// <exception cref="AgentStartException">The context does not fit into memory.</exception>
    public async Task<EngineTarget> StartAsync(LoadCase load) =>
        new(Model, await ModelLoading.StartEngineAsync(Model, _settings with { ContextIsChosen = true, Engine = OptionsFor(load) }, _options));

    public ValueTask DisposeAsync()
    {
        Model.Dispose();
        return ValueTask.CompletedTask;
    }

    private EngineOptions OptionsFor(LoadCase load)
    {
        var engine = _settings.Engine;
        return engine with
        {
            MaxSequences = load.MayWait ? engine.MaxSequences ?? load.Sequences : load.Sequences,
            ContextTokens = _settings.ContextIsChosen ? engine.ContextTokens : Math.Max(256, load.ContextTokens),
            QueueLimit = Math.Max(engine.QueueLimit, load.Clients),
        };
    }

    private static long FreeMemory(LlamaRuntime library) => library.GetDevices().Where(device => device.IsGpu).Sum(device => device.FreeBytes);
}
