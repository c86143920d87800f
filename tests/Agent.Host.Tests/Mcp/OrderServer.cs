using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Tests.Mcp;

/// <summary>What the tools of the test reach on loopback: orders, and a report that never comes.</summary>
internal sealed class OrderServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OrderServer(WebApplication application) => _application = application;

    public string Address => _application.Urls.First();

    /// <summary>The keys that requests came with.</summary>
    public ConcurrentQueue<string> Keys { get; } = new();

    /// <summary>A tool file that leads here, with a key from the environment.</summary>
    public string ToolsFile => $$"""
        version: 1
        tools:
          - name: get_order
            description: Get an order by its number
            kind: http
            parameters:
              type: object
              properties:
                order_id: { type: string }
              required: [order_id]
            options:
              url: {{Address}}/orders/{order_id}
              headers: { Authorization: "Bearer ${ORDER_KEY}" }
              allow_private_network: true
          - name: slow_report
            description: A report that takes its time
            kind: http
            options:
              url: {{Address}}/slow
              allow_private_network: true
            limits: { timeout: 5m }
        """;

    public static async Task<OrderServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new OrderServer(application);
        application.MapGet("/orders/{id}", server.Order);
        application.MapGet("/slow", server.HangAsync);
        application.MapGet("/slow/started", async (CancellationToken token) => await server._started.Task.WaitAsync(token));
        application.MapGet("/slow/stopped", async (CancellationToken token) => await server._stopped.Task.WaitAsync(token));
        await application.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private IResult Order(string id, [FromHeader(Name = "Authorization")] string key)
    {
        Keys.Enqueue(key);
        return id == "none"
            ? Results.Text($"no such order for {key}", statusCode: 404)
            : Results.Text($$"""{"id":"{{id}}","state":"发货"}""", "application/json");
    }

    private async Task HangAsync(CancellationToken cancellationToken)
    {
        _started.TrySetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopped.TrySetResult();
    }
}
