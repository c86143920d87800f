using System.CommandLine;

namespace Agent.Host.Commands;

/// <summary><c>agent tools</c>: what can be done with the tool file without a model.</summary>
internal static class ToolsCommand
{
    public static Command Create(CommandRunner runner) => new("tools", "List, check and call the tools of the tool file, and describe its form; no model is loaded.")
    {
        ToolsListCommand.Create(runner),
        ToolsCheckCommand.Create(runner),
        ToolsCallCommand.Create(runner),
        ToolsSchemaCommand.Create(runner),
    };
}
