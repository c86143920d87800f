using System.Collections;
using Agent.Host.Terminal;

namespace Agent.Host;

/// <summary>What the program finds around it; tests bring their own.</summary>
internal sealed record HostEnvironment
{
    /// <summary>The console.</summary>
    public required IConsoleStreams Streams { get; init; }

    /// <summary>The environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The folder that relative paths count from first.</summary>
    public required string CurrentDirectory { get; init; }

    /// <summary>The folder of the program, with what it was published with.</summary>
    public required string ProgramDirectory { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>That of this process.</summary>
    public static HostEnvironment OfThisProcess() => new()
    {
        Streams = new SystemConsoleStreams(),
        Variables = Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? string.Empty, StringComparer.Ordinal),
        CurrentDirectory = Environment.CurrentDirectory,
        ProgramDirectory = AppContext.BaseDirectory,
    };
}
