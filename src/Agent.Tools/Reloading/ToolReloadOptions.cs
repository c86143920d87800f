using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tools.Reloading;

/// <summary>How a <see cref="ReloadingToolRegistry"/> watches its files. Immutable.</summary>
public sealed record ToolReloadOptions
{
    /// <summary>Whether the files are watched at all; without it, the tools stay as they were at the start.</summary>
    /// <value>true.</value>
    public bool IsWatching { get; init; } = true;

    /// <summary>Whether the operating system is asked to tell of changes, so that most are seen at once.</summary>
    /// <value>true.</value>
    public bool UsesNotifications { get; init; } = true;

    /// <summary>
    /// How often the files are read whatever the operating system tells: its notifications are lost on network file systems, on
    /// folders mounted into containers, and where a folder is replaced. Above zero.
    /// </summary>
    /// <value>2 seconds.</value>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the files must stay as they are before they are taken: editors write in several steps. Above zero.</summary>
    /// <value>300 milliseconds.</value>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// Receives what came of each edit, one at a time and in order, on a thread of the pool. It must not dispose the registry;
    /// an exception of it is logged.
    /// </summary>
    /// <value>null.</value>
    public Action<ToolReload>? OnReload { get; init; }

    /// <summary>The clock of <see cref="PollInterval"/> and <see cref="QuietTime"/>.</summary>
    /// <value>The system's.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Makes the logger.</summary>
    /// <value>None.</value>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PollInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(QuietTime, TimeSpan.Zero);
    }
}
