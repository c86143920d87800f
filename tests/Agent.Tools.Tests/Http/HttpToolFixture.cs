using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Http;

/// <summary>One http tool named "call" against a local server.</summary>
internal sealed class HttpToolFixture : IAsyncDisposable
{
    public const string Secret = "s3cr3t+to/ken=\"x";

    public const string Password = "pass wörd:1";

    private HttpToolFixture(LocalHttpServer server, ToolRegistry registry, CapturingLoggerFactory log)
    {
        Server = server;
        Registry = registry;
        Log = log;
    }

    public LocalHttpServer Server { get; }

    public ToolRegistry Registry { get; }

    public CapturingLoggerFactory Log { get; }

    /// <summary>Starts the server and the tool; <c>{server}</c> in the options is the server's address.</summary>
    public static async Task<HttpToolFixture> StartAsync(
        string options,
        Func<ReceivedRequest, byte[]?>? answer = null,
        string parameters = "id, text, tags, n",
        string required = "id",
        string limits = "{ retries: 0 }",
        TimeProvider? timeProvider = null)
    {
        var server = new LocalHttpServer(answer ?? (_ => LocalHttpServer.Json("""{"ok":true}""")));
        var log = new CapturingLoggerFactory();
        var properties = string.Join(", ", parameters.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(name => name == "n" ? "n: { default: 10 }" : $"{name}: {{}}"));
        var registry = await new ToolRegistryBuilder
        {
            LoggerFactory = log,
            TimeProvider = timeProvider ?? TimeProvider.System,
            Environment = name => name switch { "TOKEN" => Secret, "PASSWORD" => Password, _ => null },
        }
            .AddText(
                $$"""
                version: 1
                tools:
                  - name: call
                    description: Call the server
                    kind: http
                    idempotent: true
                    parameters: { type: object, properties: { {{properties}} }, required: [{{required}}] }
                    limits: {{limits}}
                    options:
                      allow_private_network: true
                      {{options.Replace("{server}", server.Url, StringComparison.Ordinal).ReplaceLineEndings("\n      ")}}
                """,
                "tools.yaml")
            .BuildAsync();
        return new HttpToolFixture(server, registry, log);
    }

    public Task<string> CallAsync(string arguments) => Registry.CallAsync("call", arguments);

    public Task<string> FailAsync(string arguments) => Registry.FailAsync("call", arguments);

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        await Server.DisposeAsync();
        Log.Dispose();
    }
}
