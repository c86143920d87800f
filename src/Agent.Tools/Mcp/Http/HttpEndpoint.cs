using Agent.Tools.Safety;

namespace Agent.Tools.Mcp.Http;

/// <summary>A server behind streamable HTTP, reached through the guarded client of the registry.</summary>
internal sealed class HttpEndpoint(McpHttpOptions options, SecretRedactor redactor, HttpClient guarded) : IMcpEndpoint
{
    private readonly HttpClient _client = new(new McpHttpHandler(options, redactor, guarded), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };

    public IMcpChannel Open() => new HttpChannel(options.Url, _client);

    public void Dispose() => _client.Dispose();
}
