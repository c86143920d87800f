using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Tests.Testing;

/// <summary>Keeps every log entry at or above a level.</summary>
internal sealed class RecordingLogger(LogLevel minimum = LogLevel.Debug) : ILogger
{
    private readonly ConcurrentQueue<Watch> _watches = new();

    public ConcurrentQueue<(LogLevel Level, string Message, Exception? Exception)> Entries { get; } = new();

    /// <summary>Completes when an entry that contains the text is written.</summary>
    public Task When(string text)
    {
        var watch = new Watch(text, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _watches.Enqueue(watch);
        return watch.Seen.Task;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            var message = formatter(state, exception);
            Entries.Enqueue((logLevel, message, exception));
            foreach (var watch in _watches.Where(w => message.Contains(w.Text, StringComparison.Ordinal)))
            {
                watch.Seen.TrySetResult();
            }
        }
    }

    private sealed record Watch(string Text, TaskCompletionSource Seen);
}
