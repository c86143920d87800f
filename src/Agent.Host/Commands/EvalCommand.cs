using System.CommandLine;

namespace Agent.Host.Commands;

/// <summary><c>agent eval</c>: measures models and search.</summary>
internal static class EvalCommand
{
    public static Command Create(CommandRunner runner) => new("eval", "Measure how well a model calls tools or answers from passages, or how well the search finds.")
    {
        EvalToolsCommand.Create(runner),
        EvalRetrievalCommand.Create(runner),
        EvalAnswersCommand.Create(runner),
    };
}
