using System.Text;
using Agent.Tools.Safety;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Mcp.Stdio;

/// <summary>
/// What a server writes beside the protocol, as single lines of the log: at most so many within a minute, without secrets. The
/// latest line is kept for the message of a failed start. Thread-safe.
/// </summary>
internal sealed partial class ServerLog(string server, SecretRedactor redactor, TimeProvider timeProvider, ILogger logger)
{
    internal const int LinesPerMinute = 200;

    private const int LongestLine = 1_000;

    private readonly Lock _lock = new();
    private long _windowStart = timeProvider.GetTimestamp();
    private int _inWindow;
    private long _leftOut;
    private string? _latest;

    /// <summary>The latest line that was not blank; null before the first.</summary>
    internal string? Latest => Volatile.Read(ref _latest);

    /// <summary>Reads standard error to its end.</summary>
    internal async Task PumpAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[8_192];
        var line = new byte[LongestLine];
        var length = 0;
        Task<int>? reading = null;
        try
        {
            while (true)
            {
                // A read of a pipe cannot be given up, and its buffer belongs to it until it ends.
                reading = stream.ReadAsync(buffer, CancellationToken.None).AsTask();
                var read = await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                foreach (var one in buffer.AsSpan(0, read))
                {
                    if (one == '\n')
                    {
                        Write(line.AsSpan(0, length));
                        length = 0;
                    }
                    else if (length < line.Length)
                    {
                        line[length++] = one;
                    }
                }
            }

            Write(line.AsSpan(0, length));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The server is being ended.
        }
    }

    /// <summary>Writes one line of standard error.</summary>
    internal void Write(ReadOnlySpan<byte> line)
    {
        if (Text(line) is { Length: > 0 } text && IsWithinLimit())
        {
            LogLine(logger, server, text);
        }
    }

    /// <summary>Writes a line of standard output that is no message.</summary>
    internal void WriteStray(ReadOnlySpan<byte> line)
    {
        if (Text(line) is { Length: > 0 } text && IsWithinLimit())
        {
            LogStray(logger, server, text);
        }
    }

    private string Text(ReadOnlySpan<byte> line)
    {
        var text = SingleLine.Of(redactor.Redact(Encoding.UTF8.GetString(line).Trim()));
        if (text.Length > 0)
        {
            Volatile.Write(ref _latest, text);
        }

        return text;
    }

    private bool IsWithinLimit()
    {
        lock (_lock)
        {
            if (timeProvider.GetElapsedTime(_windowStart) >= TimeSpan.FromMinutes(1))
            {
                if (_leftOut > 0)
                {
                    LogLeftOut(logger, server, _leftOut);
                }

                (_windowStart, _inWindow, _leftOut) = (timeProvider.GetTimestamp(), 0, 0);
            }

            if (_inWindow < LinesPerMinute)
            {
                _inWindow++;
                return true;
            }

            if (_leftOut++ == 0)
            {
                LogFull(logger, server, LinesPerMinute);
            }

            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "MCP server {Server}: {Line}")]
    private static partial void LogLine(ILogger logger, string server, string line);

    [LoggerMessage(Level = LogLevel.Debug, Message = "MCP server {Server} wrote on standard output what is no message: {Line}")]
    private static partial void LogStray(ILogger logger, string server, string line);

    [LoggerMessage(Level = LogLevel.Debug, Message = "MCP server {Server} wrote {Maximum} lines within a minute; further ones are left out")]
    private static partial void LogFull(ILogger logger, string server, int maximum);

    [LoggerMessage(Level = LogLevel.Debug, Message = "MCP server {Server}: {Count} lines were left out")]
    private static partial void LogLeftOut(ILogger logger, string server, long count);
}
