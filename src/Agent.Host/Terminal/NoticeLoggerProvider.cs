using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Terminal;

/// <summary>Logs to standard error, one line an entry; lines of an exception are indented below it.</summary>
internal sealed class NoticeLoggerProvider(ConsoleTerminal terminal, LogLevel least) : ILoggerProvider
{
    private const string Indent = "    ";

    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);
    private volatile bool _closed;

    private LogLevel Least => least;

    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, category => new NoticeLogger(this, category));

    // The native library keeps its logger for the life of the process, beyond that of the command.
    public void Dispose() => _closed = true;

    private void Write(LogLevel level, string category, string message, Exception? exception)
    {
        if (_closed)
        {
            return;
        }

        var name = category[(category.LastIndexOf('.') + 1)..];
        terminal.WriteNotice($"{Short(level)} {name}: {message.ReplaceLineEndings("\\n")}");
        if (exception is not null)
        {
            // Texts of tools and servers are in messages of exceptions; indented, no line of them passes for an entry.
            terminal.WriteNotice(Indent + exception.ToString().ReplaceLineEndings($"\n{Indent}"));
        }
    }

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        LogLevel.Critical => "critical",
        _ => "debug",
    };

    private sealed class NoticeLogger(NoticeLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= provider.Least && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(logLevel, category, formatter(state, exception), exception);
            }
        }
    }
}
