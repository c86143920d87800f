using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>Runs the body of a command: Ctrl-C cancels it, and an exception becomes a message and an exit code.</summary>
internal sealed class CommandRunner(HostEnvironment environment)
{
    private const string ShowCursor = "\u001b[?25h";

    /// <summary>Runs a command.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="body">What it does; returns one of <see cref="ExitCodes"/>.</param>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The outermost place of the program: whatever comes here is shown, and decides the exit code.")]
    public async Task<int> RunAsync(ParseResult parsed, Func<CommandContext, CancellationToken, Task<int>> body)
    {
        using var cancellation = new CancellationTokenSource();
        using var context = new CommandContext(environment, parsed);
        using var interrupts = environment.Streams.OnInterrupt(() => Interrupt(context, cancellation));
        try
        {
            return await body(context, cancellation.Token);
        }
        catch (Exception e)
        {
            var failure = FailureReport.From(e, cancellation.IsCancellationRequested, context.IsVerbose);
            if (context.IsJson)
            {
                failure.WriteTo(context.Json);
            }
            else
            {
                failure.WriteTo(context.Terminal);
            }

            return failure.ExitCode;
        }
    }

    private static bool Interrupt(CommandContext context, CancellationTokenSource cancellation)
    {
        if (context.StopCurrentTurn?.Invoke() == true)
        {
            return true;
        }

        if (cancellation.IsCancellationRequested)
        {
            // The process ends in the middle of whatever it does; a spinner would leave the cursor hidden.
            if (context.Terminal.ShowsProgress)
            {
                context.Environment.Streams.Error.Write(ShowCursor);
            }

            return false;
        }

        cancellation.Cancel();
        return true;
    }
}
