using System.CommandLine;

namespace Agent.Host.Commands;

/// <summary><c>agent eval</c>: measures models.</summary>
internal static class EvalCommand
{
    public static Command Create(CommandRunner runner) => new("eval", "Measure a model, the embedded one or one on a server.")
    {
        EvalToolsCommand.Create(runner),
    };
}
