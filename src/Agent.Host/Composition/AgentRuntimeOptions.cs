using Agent.Tools.Registry;
using Agent.Tools.Reloading;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Host.Composition;

/// <summary>What the program around an <see cref="AgentRuntime"/> decides, and no user.</summary>
internal sealed record AgentRuntimeOptions
{
    /// <summary>Makes all loggers.</summary>
    /// <value>None.</value>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock.</summary>
    /// <value>The system's.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Conversations at once where the settings say nothing; null for as many as memory holds.</summary>
    /// <value>null.</value>
    public int? DefaultSequences { get; init; }

    /// <summary>The ledger of calls that change something; null for the file that the settings name.</summary>
    /// <value>null.</value>
    public string? LedgerPath { get; init; }

    /// <summary>Adds functions and kinds to the tools of the file; called for each reload, on any thread.</summary>
    /// <value>null.</value>
    public Action<ToolRegistryBuilder>? ConfigureTools { get; init; }

    /// <summary>Looks up the variables of <c>${NAME}</c> in the tool file.</summary>
    /// <value>The environment of the process.</value>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>
    /// Receives what came of each edit of the tool file, on any thread; null where the program does not live long enough to
    /// watch it. <c>Agent:Tools:Reload</c> can forbid watching.
    /// </summary>
    /// <value>null.</value>
    public Action<ToolReload>? OnToolReload { get; init; }

    /// <summary>Receives how far the start is, on any thread.</summary>
    /// <value>null.</value>
    public IProgress<AgentLoadProgress>? Progress { get; init; }
}
