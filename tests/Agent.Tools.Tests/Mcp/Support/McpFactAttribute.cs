namespace Agent.Tools.Tests.Mcp.Support;

/// <summary>A test with a real server; it is skipped where Node.js or the packages of the servers are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class McpFactAttribute : FactAttribute
{
    public McpFactAttribute()
    {
        Timeout = 30_000;
        Skip = McpServers.Obstacle;
    }
}
