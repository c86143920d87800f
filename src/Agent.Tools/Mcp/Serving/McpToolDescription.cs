using Agent.Tools.Registry;
using ModelContextProtocol.Protocol;

namespace Agent.Tools.Mcp.Serving;

/// <summary>A tool of the registry as a client reads about it.</summary>
internal static class McpToolDescription
{
    internal static Tool Of(RegisteredTool tool) => new()
    {
        Name = tool.Name,
        Description = tool.Description,
        InputSchema = tool.JsonSchema,
        Annotations = new ToolAnnotations { ReadOnlyHint = IsReadOnly(tool), IdempotentHint = tool.IsIdempotent },
    };

    // The one place that decides what a client may take for harmless. An idempotent tool may still change something: once
    // registered tools say what they do (ToolEffects), this is tool.Effects == ToolEffects.Read.
    private static bool IsReadOnly(RegisteredTool tool) => tool.IsIdempotent;
}
