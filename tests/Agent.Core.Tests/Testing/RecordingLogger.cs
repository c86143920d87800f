using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Tests.Testing;

/// <summary>Keeps every log entry at or above a level.</summary>
internal sealed class RecordingLogger(LogLevel minimum = LogLevel.Debug) : ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Message, Exception? Exception)> Entries { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Entries.Enqueue((logLevel, formatter(state, exception), exception));
        }
    }
}
