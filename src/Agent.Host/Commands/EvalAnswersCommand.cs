using System.CommandLine;

namespace Agent.Host.Commands;

/// <summary><c>agent eval answers</c>: measures how well a model answers from passages, cites them, and says when they do not tell.</summary>
internal static class EvalAnswersCommand
{
    public static Command Create(CommandRunner runner)
    {
        var options = new EvalAnswersOptions();
        var command = new Command("answers", "Measure how well a model answers from passages, on a suite of cases: citations, content, refusals.");
        options.AddTo(command);
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) => new EvalAnswersRun(context, options.Read(parsed, context.Environment)).ExecuteAsync(cancellationToken)));
        return command;
    }
}
