using Agent.Core.Agents;
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
        Annotations = new ToolAnnotations { ReadOnlyHint = tool.Effects == ToolEffects.Read, IdempotentHint = tool.IsIdempotent },
    };
}
