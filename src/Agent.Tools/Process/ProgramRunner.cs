using System.ComponentModel;
using Agent.Core.Agents;
using Agent.Tools.Programs;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Process;

/// <summary>
/// Runs the program of one tool. However a run ends, nothing of it is left: neither processes nor handles. Thread-safe;
/// disposing it ends what runs.
/// </summary>
internal sealed partial class ProgramRunner : IAsyncDisposable
{
    private const int ErrorTailBytes = 8_192;

    // Enough that a secret which is cut off at the cap is still recognised and masked.
    private const int Overlap = 4_096;

    // How long the pipes of an ended program may stay open, where something that escaped still holds them.
    private static readonly TimeSpan PipeGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(5);

    private readonly string _tool;
    private readonly IReadOnlyList<string> _command;
    private readonly bool _ownsSession;
    private readonly ProcessOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _isDisposed;

    /// <param name="tool">The tool, for the log.</param>
    /// <param name="command">The program, behind those that prepare its surroundings; absolute paths.</param>
    /// <param name="ownsSession">Whether the command begins a session of its own.</param>
    /// <param name="options">How it is run.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    internal ProgramRunner(string tool, IReadOnlyList<string> command, bool ownsSession, ProcessOptions options, TimeProvider timeProvider, ILogger logger)
    {
        _tool = tool;
        _command = command;
        _ownsSession = ownsSession;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>Runs the program once.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="cancellationToken">Ends it, with all that it started.</param>
    /// <exception cref="ToolException">It cannot be started.</exception>
    /// <exception cref="OperationCanceledException">It was ended, by the token or because this runner is disposed.</exception>
    internal async Task<ProgramResult> RunAsync(IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            return await RunOnceAsync(arguments, input, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
            if (_running == 0)
            {
                _idle.TrySetResult();
            }
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _idle.Task.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _running++;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _running--;
            if (_isDisposed && _running == 0)
            {
                _idle.TrySetResult();
            }
        }
    }

    private async Task<ProgramResult> RunOnceAsync(IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        using var pipes = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        stop.Token.ThrowIfCancellationRequested();
        using var process = Start(arguments);

        // A process does not close streams that somebody took from it.
        using var standardOutput = process.StandardOutput;
        using var standardError = process.StandardError;
        var output = new CappedReader(standardOutput.BaseStream, _options.MaxOutputBytes + Overlap);
        var errors = new TailReader(standardError.BaseStream, ErrorTailBytes);
        var reading = output.ReadAsync(pipes.Token);
        var readingErrors = errors.ReadAsync(pipes.Token);
        var writing = WriteAsync(process.StandardInput.BaseStream, input, pipes.Token);
        var wasStopped = false;
        try
        {
            var exit = process.WaitForExitAsync(stop.Token);
            wasStopped = await Task.WhenAny(reading, exit).ConfigureAwait(false) == reading && await reading.ConfigureAwait(false);
            if (!wasStopped)
            {
                await exit.ConfigureAwait(false);
            }
        }
        finally
        {
            await EndAsync(process).ConfigureAwait(false);
            using var grace = _timeProvider.CreateTimer(_ => Cancel(pipes), state: null, PipeGrace, Timeout.InfiniteTimeSpan);
            await Task.WhenAll(reading, readingErrors, writing).ConfigureAwait(false);
        }

        var isTruncated = await reading.ConfigureAwait(false) || output.Content.Length > _options.MaxOutputBytes;
        var exitCode = process.HasExited ? process.ExitCode : -1;
        LogEnded(_tool, process.Id, exitCode, output.Content.Length);
        return new ProgramResult(exitCode, output.Content, isTruncated, wasStopped, errors.Content);
    }

    private System.Diagnostics.Process Start(IReadOnlyList<string> arguments)
    {
        var start = ProgramStart.Describe(_command[0], _command.Skip(1).Concat(arguments), _options.WorkingDirectory, _options.Variables);
        try
        {
            return System.Diagnostics.Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            const int ArgumentListTooLong = 7;
            throw new ToolException(
                exception.NativeErrorCode == ArgumentListTooLong && !OperatingSystem.IsWindows()
                    ? $"the arguments of {_tool} are longer than a program may take; pass less"
                    : $"the program of {_tool} could not be started",
                exception);
        }
    }

    private static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        try
        {
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // A program need not read its input to the end.
        }
    }

    private async Task EndAsync(System.Diagnostics.Process process)
    {
        var session = process.Id;
        ProgramTree.Kill(process);
        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(EndGrace, _timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogStuck(_tool, session);
        }

        if (_ownsSession && ProgramSession.Kill(session) is > 0 and var left)
        {
            LogLeft(_tool, left);
        }
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run ended at this moment.
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Tool {Tool}: process {Process} ended with exit code {ExitCode} after {Bytes} bytes of output")]
    private partial void LogEnded(string tool, int process, int exitCode, int bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool}: the program ended and left {Count} processes behind, which were ended")]
    private partial void LogLeft(string tool, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tool {Tool}: process {Process} does not end although it was killed")]
    private partial void LogStuck(string tool, int process);
}
