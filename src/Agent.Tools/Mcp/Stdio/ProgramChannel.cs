using Agent.Tools.Programs;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Tools.Mcp.Stdio;

/// <summary>A running program, with its pipes. Thread-safe.</summary>
internal sealed class ProgramChannel : IMcpChannel
{
    internal const int MaximumMessageBytes = 8 * 1_048_576;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastWordsPatience = TimeSpan.FromSeconds(1);

    private readonly System.Diagnostics.Process _process;
    private readonly ProgramMark _mark;
    private readonly ServerLog _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pumping;
    private int _inputClosed;
    private int _disposed;

    internal ProgramChannel(System.Diagnostics.Process process, ProgramMark mark, ServerLog log)
    {
        _process = process;
        _mark = mark;
        _log = log;
        _pumping = log.PumpAsync(process.StandardError.BaseStream, _stop.Token);
        Transport = new StreamClientTransport(
            process.StandardInput.BaseStream,
            new MessageLines(process.StandardOutput.BaseStream, MaximumMessageBytes, log.WriteStray),
            NullLoggerFactory.Instance);
    }

    public IClientTransport Transport { get; }

    public string? Ending { get; private set; }

    public void BeginClose()
    {
        if (Interlocked.Exchange(ref _inputClosed, 1) == 0)
        {
            try
            {
                _process.StandardInput.BaseStream.Dispose();
            }
            catch (IOException)
            {
                // The program closed its end first.
            }
        }
    }

    public void Abort() => _mark.Kill(_process);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        BeginClose();
        var endedItself = await ExitsAsync(Grace).ConfigureAwait(false);
        _mark.Kill(_process);
        var ended = endedItself || await ExitsAsync(KillPatience).ConfigureAwait(false);
        await Task.WhenAny(_pumping, Task.Delay(LastWordsPatience)).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _pumping.ConfigureAwait(false);
        var exit = endedItself ? $"it ended with exit code {_process.ExitCode}" : ended ? "it was ended" : "it could not be ended";
        Ending = _log.Latest is { } words ? $"{exit}; its last words: {words}" : exit;

        // Pipes that were read belong to their reader: the process leaves them open.
        await _process.StandardOutput.BaseStream.DisposeAsync().ConfigureAwait(false);
        await _process.StandardError.BaseStream.DisposeAsync().ConfigureAwait(false);
        _process.Dispose();
        _stop.Dispose();
    }

    private async Task<bool> ExitsAsync(TimeSpan patience)
    {
        // What ends a process is the operating system: a clock of a test has no say in it.
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
