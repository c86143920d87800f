using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Agent.Host.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Agent.Host.Tests.Remote;

/// <summary>
/// A server on loopback that speaks OpenAI's embeddings protocol. The vector of a text is (its length, 1, 0 ...), last text first;
/// <see cref="Answer"/> makes it say something else.
/// </summary>
internal sealed class EmbeddingServer : ProtocolServer
{
    private EmbeddingServer()
    {
    }

    /// <summary>Whether vectors are sent as arrays, as many servers do whatever was asked for.</summary>
    public bool SendsArrays { get; set; }

    /// <summary>Answers a request itself, or leaves that to the server by returning false.</summary>
    public Func<HttpContext, Task<bool>> Answer { get; set; } = _ => Task.FromResult(false);

    public static Task<EmbeddingServer> StartAsync() => StartAsync(new EmbeddingServer());

    protected override void Map(WebApplication application) => application.MapPost("/v1/embeddings", EmbedAsync);

    private async Task EmbedAsync(HttpContext context)
    {
        var body = await ReceiveAsync(context);
        if (await Answer(context))
        {
            return;
        }

        var dimensions = body.TryGetProperty("dimensions", out var wanted) ? wanted.GetInt32() : 4;
        var data = body.GetProperty("input").EnumerateArray().Select((text, i) => (JsonNode)new JsonObject
        {
            ["object"] = "embedding",
            ["index"] = i,
            ["embedding"] = ToJson([text.GetString()!.Length, 1, .. new float[dimensions - 2]]),
        });
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject
        {
            ["object"] = "list",
            ["model"] = "m",
            ["data"] = new JsonArray([.. data.Reverse()]),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 5, ["total_tokens"] = 5 },
        }.ToJsonString());
    }

    private JsonNode ToJson(float[] vector) => SendsArrays
        ? new JsonArray([.. vector.Select(component => (JsonNode)component)])
        : JsonValue.Create(Convert.ToBase64String(MemoryMarshal.AsBytes(vector.AsSpan())));
}
