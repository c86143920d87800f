using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;

namespace Agent.Tools.Mcp.Http;

/// <summary>Requests to one URL; what is open of them ends with the session.</summary>
internal sealed class HttpChannel(Uri url, HttpClient client) : IMcpChannel
{
    private readonly HttpClientTransport _transport = new(
        new HttpClientTransportOptions { Endpoint = url, TransportMode = HttpTransportMode.StreamableHttp },
        client,
        NullLoggerFactory.Instance,
        ownsHttpClient: false);

    public IClientTransport Transport => _transport;

    public string? Ending => null;

    public void BeginClose()
    {
        // The session ends with a request of its own.
    }

    public void Abort()
    {
        // Requests end with their token.
    }

    public ValueTask DisposeAsync() => _transport.DisposeAsync();
}
