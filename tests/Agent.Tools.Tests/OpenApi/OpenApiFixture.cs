using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.OpenApi;

/// <summary>One openapi entry named "shop" against a local server.</summary>
internal sealed class OpenApiFixture : IAsyncDisposable
{
    private OpenApiFixture(LocalHttpServer server, ToolRegistry registry)
    {
        Server = server;
        Registry = registry;
    }

    public LocalHttpServer Server { get; }

    public ToolRegistry Registry { get; }

    public static ToolRegistryBuilder Builder(string options, TimeProvider? timeProvider = null) => new ToolRegistryBuilder
    {
        Environment = name => name == "TOKEN" ? "s3cr3t-token" : null,
        TimeProvider = timeProvider ?? TimeProvider.System,
    }
        .AddText(
            $$"""
            version: 1
            tools:
              - name: shop
                kind: openapi
                limits: { circuit_breaker: false }
                options:
                  {{options.ReplaceLineEndings("\n      ")}}
            """,
            Repository.Locate("tests", "data", "openapi", "tools.yaml"));

    public static async Task<OpenApiFixture> StartAsync(string options, Func<ReceivedRequest, byte[]?>? answer = null, TimeProvider? timeProvider = null)
    {
        var server = new LocalHttpServer(answer ?? (_ => LocalHttpServer.Json("""{"data":{"ok":true}}""")));
        var registry = await Builder($"allow_private_network: true\n{options.Replace("{server}", server.Url, StringComparison.Ordinal)}", timeProvider).BuildAsync();
        return new OpenApiFixture(server, registry);
    }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        await Server.DisposeAsync();
    }
}
