namespace Agent.Tools.Mcp;

/// <summary>Where a server is, and how it is reached. Thread-safe.</summary>
internal interface IMcpEndpoint : IDisposable
{
    /// <summary>Opens a way to the server: starts its program, or makes ready to send requests.</summary>
    /// <exception cref="McpStartException">There is no such program, or it may not be run.</exception>
    IMcpChannel Open();
}
