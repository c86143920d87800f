using ModelContextProtocol.Client;

namespace Agent.Tools.Mcp;

/// <summary>An open way to a server. Disposing it leaves nothing of it behind.</summary>
internal interface IMcpChannel : IAsyncDisposable
{
    /// <summary>What the protocol runs over.</summary>
    IClientTransport Transport { get; }

    /// <summary>Tells the server that nothing more will come, before the protocol is shut down.</summary>
    void BeginClose();

    /// <summary>Ends whatever hangs; used where a start takes too long.</summary>
    void Abort();

    /// <summary>What is known of the end of a channel that is disposed, in words for whoever runs the agent; null for nothing.</summary>
    string? Ending { get; }
}
