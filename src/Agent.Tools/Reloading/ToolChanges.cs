using System.Text.Json;
using Agent.Tools.Registry;
using Agent.Tools.Yaml;

namespace Agent.Tools.Reloading;

/// <summary>Tells in what the tools of two registries differ.</summary>
internal static class ToolChanges
{
    internal static ToolsReloaded Between(ToolRegistry before, ToolRegistry after) => new(
        [.. after.Tools.Where(tool => !before.TryGet(tool.Name, out _)).Select(tool => tool.Name)],
        [.. before.Tools.Where(tool => !after.TryGet(tool.Name, out _)).Select(tool => tool.Name)],
        [.. after.Tools.Where(tool => before.TryGet(tool.Name, out var old) && !IsSame(old, tool)).Select(tool => tool.Name)]);

    // The description and the schema may come from outside the file (a document, a database), limits from its defaults.
    private static bool IsSame(RegisteredTool before, RegisteredTool after) =>
        before.Description == after.Description
        && before.Limits == after.Limits
        && before.IsIdempotent == after.IsIdempotent
        && JsonElement.DeepEquals(before.JsonSchema, after.JsonSchema)
        && Entry(before) == Entry(after);

    private static string? Entry(RegisteredTool tool) => tool.Definition?.Source is { } source ? YamlJson.ToJson(source, new ToolProblems()).GetRawText() : null;
}
