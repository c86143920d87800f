using System.CommandLine;
using Agent.Tools.Registry.Schema;

namespace Agent.Host.Commands;

/// <summary><c>agent tools schema</c>: the form of the tool file, for editors.</summary>
internal static class ToolsSchemaCommand
{
    public static Command Create(CommandRunner runner)
    {
        var command = new Command("schema", "Print the JSON Schema of the tool file, with which editors complete and check it.");
        command.SetAction((parsed, _) => runner.RunAsync(parsed, Execute));
        return command;
    }

    private static Task<int> Execute(CommandContext context, CancellationToken cancellationToken)
    {
        context.Terminal.WriteAnswer(ToolsFileSchema.Write());
        return Task.FromResult(ExitCodes.Success);
    }
}
