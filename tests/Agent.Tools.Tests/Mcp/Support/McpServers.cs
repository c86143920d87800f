using Agent.Testing;

namespace Agent.Tools.Tests.Mcp.Support;

/// <summary>The servers of the tests, as the build laid them out.</summary>
internal static class McpServers
{
    public static string Folder { get; } = Repository.Locate("tests", "Agent.Tools.Tests", "obj", "mcp-server");

    public static string? Node { get; } = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .Where(Path.IsPathFullyQualified)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "node.exe" : "node"))
        .FirstOrDefault(File.Exists);

    public static string? Obstacle { get; } = Node is null
        ? "Node.js is not on the PATH; install it."
        : Directory.Exists(Path.Combine(Folder, "node_modules", "@modelcontextprotocol"))
            ? null
            : "The packages of the MCP test servers are not there; build with npm on the PATH and its registry reachable.";
}
