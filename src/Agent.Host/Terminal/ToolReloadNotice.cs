using Agent.Tools.Reloading;
using Spectre.Console;

namespace Agent.Host.Terminal;

/// <summary>What came of an edit of the tool file, in the words of the program's user.</summary>
internal static class ToolReloadNotice
{
    /// <summary>Writes one line where the tools were replaced, else every problem.</summary>
    public static void WriteTo(ConsoleTerminal terminal, ToolReload result)
    {
        var style = new Style(result is ToolReloadFailed ? Color.Red : Color.Grey);
        foreach (var line in Lines(result))
        {
            terminal.WriteNotice(line, style);
        }
    }

    private static IEnumerable<string> Lines(ToolReload result) => result switch
    {
        ToolsReloaded { HasChanges: true } reloaded => [$"Tools reloaded: {string.Join("; ", Parts(reloaded))}."],
        ToolsReloaded => ["Tools reloaded: they are the same."],
        ToolReloadFailed failed => ["The tool file was edited, but the tools stay as they were:", .. failed.Problems.Select(problem => problem.ToString())],
        _ => [],
    };

    private static IEnumerable<string> Parts(ToolsReloaded reloaded) =>
        new[] { (Word: "added", Names: reloaded.Added), (Word: "removed", Names: reloaded.Removed), (Word: "changed", Names: reloaded.Changed) }
            .Where(part => part.Names.Count > 0)
            .Select(part => $"{part.Word} {string.Join(", ", part.Names)}");
}
