using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tools.Mcp.Serving;

/// <summary>How a registry is served. Immutable.</summary>
public sealed record McpServingOptions
{
    /// <summary>The name that clients show for the server.</summary>
    /// <value>agent.</value>
    public string Name { get; init; } = "agent";

    /// <summary>The version that clients show for the server.</summary>
    /// <value>0.0.0.</value>
    public string Version { get; init; } = "0.0.0";

    /// <summary>What a client may tell its model about the tools as a whole; null for nothing.</summary>
    /// <value>null.</value>
    public string? Instructions { get; init; }

    /// <summary>Tools in one page of the list, 1 or more.</summary>
    /// <value>100.</value>
    public int PageSize { get; init; } = 100;

    /// <summary>Time that calls get which are under way when the client closes its end; then they are cancelled.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether the client is trusted to ask its user before it calls a tool that needs approval. Where it is not, such calls are
    /// refused: this server has nobody to ask.
    /// </summary>
    /// <value>false.</value>
    public bool ClientAsksForApproval { get; init; }

    /// <summary>Services that functions find in <see cref="Microsoft.Extensions.AI.AIFunctionArguments.Services"/>.</summary>
    /// <value>null.</value>
    public IServiceProvider? Services { get; init; }

    /// <summary>The clock of <see cref="DrainTime"/>.</summary>
    /// <value>The system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Makes the logger. Below the level Trace it gets names, counts and kinds of failures, and nothing that a client, a tool or
    /// an exception said.
    /// </summary>
    /// <value>None.</value>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;
}
