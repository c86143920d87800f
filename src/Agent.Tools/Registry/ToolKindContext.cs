using Agent.Tools.Safety;
using Agent.Tools.Yaml;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Registry;

/// <summary>What a kind may use while it reads an entry, and what its functions may keep.</summary>
public sealed class ToolKindContext
{
    private readonly Func<bool, HttpMessageHandler> _createHandler;
    private readonly List<object> _resources;

    internal ToolKindContext(
        ToolProblems problems,
        ILoggerFactory loggerFactory,
        TimeProvider timeProvider,
        Func<string, string?> environment,
        Func<bool, HttpMessageHandler> createHandler,
        IReadOnlyDictionary<string, AIFunction> functions,
        List<object> resources)
    {
        Problems = problems;
        LoggerFactory = loggerFactory;
        TimeProvider = timeProvider;
        Environment = environment;
        Functions = functions;
        _createHandler = createHandler;
        _resources = resources;
    }

    /// <summary>Receives what is wrong with the entry.</summary>
    public ToolProblems Problems { get; }

    /// <summary>Makes loggers.</summary>
    public ILoggerFactory LoggerFactory { get; }

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>Looks up an environment variable; null when it is not set.</summary>
    public Func<string, string?> Environment { get; }

    /// <summary>Functions that C# code registered by name for <c>kind: function</c>.</summary>
    public IReadOnlyDictionary<string, AIFunction> Functions { get; }

    /// <summary>Whether entries may start programs of this machine (<c>kind: process</c>).</summary>
    /// <value>false, unless the host allows it.</value>
    public bool AllowProcesses { get; init; }

    /// <summary>A reader over the options of an entry.</summary>
    public MappingReader ReadOptions(ToolDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return new MappingReader(definition.Options, Problems, $"options of tool \"{definition.Name}\"");
    }

    /// <summary>
    /// A client whose every connection is checked by <see cref="PublicAddressPolicy"/>: no proxy, no cookies, no redirects and
    /// no time-out of its own (the tool's limits have it). The registry disposes it.
    /// </summary>
    /// <param name="allowPrivateNetwork">Whether loopback, private and other addresses that are not public may be reached.</param>
    public HttpClient CreateHttpClient(bool allowPrivateNetwork)
    {
        var client = new HttpClient(_createHandler(allowPrivateNetwork), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        _resources.Add(client);
        return client;
    }

    /// <summary>Hands an object over to the registry, which disposes it when it is disposed itself, or when building it fails.</summary>
    /// <param name="resource">An <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.</param>
    public void DisposeWithRegistry(object resource) => _resources.Add(resource);
}
