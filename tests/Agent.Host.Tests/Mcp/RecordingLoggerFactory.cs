using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Tests.Mcp;

/// <summary>Keeps what is logged from a level up, exceptions included.</summary>
internal sealed class RecordingLoggerFactory(LogLevel least) : ILoggerFactory, ILogger
{
    public ConcurrentQueue<string> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Entries.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
        }
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
