using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Tests.Support;

/// <summary>A server on loopback that speaks a protocol of OpenAI's and remembers what it was asked.</summary>
internal abstract class ProtocolServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    protected ProtocolServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _application = builder.Build();
    }

    /// <summary>The base of the API.</summary>
    public Uri Endpoint => new($"{_application.Urls.First()}/v1");

    /// <summary>What was asked: the header with the key, and the body.</summary>
    public ConcurrentQueue<(string? Authorization, JsonElement Body)> Requests { get; } = new();

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    /// <summary>Maps the paths of the protocol.</summary>
    protected abstract void Map(WebApplication application);

    /// <summary>Starts a server that has just been made.</summary>
    protected static async Task<T> StartAsync<T>(T server)
        where T : ProtocolServer
    {
        server.Map(server._application);
        await server._application.StartAsync();
        return server;
    }

    /// <summary>The body of a request, which is remembered.</summary>
    protected async Task<JsonElement> ReceiveAsync(HttpContext context)
    {
        var body = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement.Clone();
        Requests.Enqueue((context.Request.Headers.Authorization, body));
        return body;
    }
}
