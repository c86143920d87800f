using System.CommandLine;

namespace Agent.Host.Commands;

/// <summary><c>agent eval tools</c>: measures how well a model calls tools.</summary>
internal static class EvalToolsCommand
{
    public static Command Create(CommandRunner runner)
    {
        var options = new EvalToolsOptions();
        var command = new Command("tools", "Measure how well a model calls tools, on a suite of cases; no tool is run.");
        options.AddTo(command);
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) => new EvalToolsRun(context, options.Read(parsed, context.Environment)).ExecuteAsync(cancellationToken)));
        return command;
    }
}
