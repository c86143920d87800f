using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Agent.Host.Tests.Support;

/// <summary>
/// A server on loopback that speaks OpenAI's chat protocol, whole and streamed. It repeats what the user said, calls a tool that is
/// demanded, and keeps to the token limit, a token being a word; <see cref="Answer"/> makes it say something else. A prompt in token ids is
/// continued, streamed, with as many words as are asked for.
/// </summary>
internal sealed class OpenAIServer : ProtocolServer
{
    private OpenAIServer()
    {
    }

    /// <summary>Answers a request itself, or leaves that to the server by returning null.</summary>
    public Func<JsonElement, HttpContext, Task<OpenAIReply?>> Answer { get; set; } = (_, _) => Task.FromResult<OpenAIReply?>(null);

    public static Task<OpenAIServer> StartAsync() => StartAsync(new OpenAIServer());

    /// <summary>Waits until the client is gone.</summary>
    public static async Task<OpenAIReply?> NeverAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
        return OpenAIReply.Handled;
    }

    /// <summary>The last thing that the user said.</summary>
    public static string Question(JsonElement body) => TextOf(body.GetProperty("messages").EnumerateArray().Last(message => message.GetProperty("role").GetString() == "user").GetProperty("content"));

    protected override void Map(WebApplication application)
    {
        application.MapPost("/v1/chat/completions", CompleteAsync);
        application.MapPost("/v1/completions", ContinueAsync);
        application.MapGet("/v1/models", () => Results.Json(new { @object = "list", data = new[] { new { id = "first-model" } } }));
    }

    private static string TextOf(JsonElement content) => content.ValueKind == JsonValueKind.String
        ? content.GetString()!
        : string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()));

    private async Task CompleteAsync(HttpContext context)
    {
        var body = await ReceiveAsync(context);
        var reply = await Answer(body, context) ?? Repeat(body);
        if (reply == OpenAIReply.Handled)
        {
            return;
        }

        var streams = body.TryGetProperty("stream", out var stream) && stream.GetBoolean();
        context.Response.ContentType = streams ? "text/event-stream" : "application/json";
        await context.Response.WriteAsync(streams ? Stream(reply, body) : Whole(reply, body).ToJsonString());
    }

    private async Task ContinueAsync(HttpContext context)
    {
        var body = await ReceiveAsync(context);
        if (await Answer(body, context) == OpenAIReply.Handled)
        {
            return;
        }

        var tokens = body.GetProperty("max_tokens").GetInt32();
        context.Response.ContentType = "text/event-stream";
        for (var i = 1; i <= tokens; i++)
        {
            await context.Response.WriteAsync($$"""data: {"choices":[{"index":0,"text":" word","finish_reason":{{(i < tokens ? "null" : "\"length\"")}}}]}""" + "\n\n");
        }

        var usage = $$"""{"prompt_tokens":{{body.GetProperty("prompt").GetArrayLength()}},"completion_tokens":{{tokens}},"cached_tokens":2}""";
        await context.Response.WriteAsync($$"""data: {"choices":[],"usage":{{usage}}}""" + "\n\ndata: [DONE]\n\n");
    }

    private static OpenAIReply Repeat(JsonElement body)
    {
        if (body.TryGetProperty("tool_choice", out var choice) && choice.ValueKind == JsonValueKind.Object)
        {
            // Real servers say stop here, too.
            return new OpenAIReply { Calls = [(choice.GetProperty("function").GetProperty("name").GetString()!, """{"city": "Paris"}""")], FinishReason = "stop" };
        }

        var words = $"You said: {Question(body)}".Split(' ');
        var limit = body.TryGetProperty("max_completion_tokens", out var tokens) ? tokens.GetInt32() : int.MaxValue;
        return new OpenAIReply { Text = string.Join(' ', words.Take(limit)), FinishReason = words.Length > limit ? "length" : "stop" };
    }

    private static JsonObject Usage(OpenAIReply reply, JsonElement body)
    {
        var prompt = body.GetProperty("messages").GetRawText().Length / 4;
        var completion = (reply.Text?.Split(' ').Length ?? 0) + (10 * reply.Calls.Count);
        return new JsonObject
        {
            ["prompt_tokens"] = prompt,
            ["completion_tokens"] = completion,
            ["total_tokens"] = prompt + completion,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = 3 },
        };
    }

    private static JsonObject Head(string kind, JsonElement body) => new()
    {
        ["id"] = $"chatcmpl-{Guid.NewGuid():N}",
        ["object"] = kind,
        ["created"] = 1_767_225_600,
        ["model"] = body.GetProperty("model").GetString(),
    };

    private static JsonObject Whole(OpenAIReply reply, JsonElement body)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = reply.Text };
        if (reply.Calls.Count > 0)
        {
            message["tool_calls"] = new JsonArray([.. reply.Calls.Select(JsonNode (call, i) => new JsonObject
            {
                ["id"] = $"call_{i}",
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments },
            })]);
        }

        var whole = Head("chat.completion", body);
        whole["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = reply.FinishReason });
        whole["usage"] = Usage(reply, body);
        return whole;
    }

    /// <summary>Text word by word; each call in three pieces, as real servers send them.</summary>
    private static string Stream(OpenAIReply reply, JsonElement body)
    {
        List<JsonObject> deltas = [new JsonObject { ["role"] = "assistant", ["content"] = "" }];
        deltas.AddRange((reply.Text?.Split(' ') ?? []).Select((word, i) => new JsonObject { ["content"] = i == 0 ? word : $" {word}" }));
        for (var i = 0; i < reply.Calls.Count; i++)
        {
            var (name, arguments) = reply.Calls[i];
            var index = reply.NumbersCallsAlike ? 0 : i;
            var half = arguments.Length / 2;
            deltas.Add(Piece(index, new JsonObject { ["id"] = $"call_{i}", ["type"] = "function", ["function"] = new JsonObject { ["name"] = name, ["arguments"] = "" } }));
            deltas.Add(Piece(index, new JsonObject { ["function"] = new JsonObject { ["arguments"] = arguments[..half] } }));
            deltas.Add(Piece(index, new JsonObject { ["function"] = new JsonObject { ["arguments"] = arguments[half..] } }));
        }

        var text = new StringBuilder();
        var head = Head("chat.completion.chunk", body);
        foreach (var delta in deltas)
        {
            Append(new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta }));
        }

        if (reply.BreaksOff)
        {
            return text.ToString();
        }

        Append(new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject(), ["finish_reason"] = reply.FinishReason }));
        head["usage"] = Usage(reply, body);
        Append([]);
        return text.Append("data: [DONE]\n\n").ToString();

        void Append(JsonArray choices)
        {
            head["choices"] = choices;
            text.Append("data: ").Append(head.ToJsonString()).Append("\n\n");
        }
    }

    private static JsonObject Piece(int index, JsonObject call)
    {
        call["index"] = index;
        return new JsonObject { ["tool_calls"] = new JsonArray(call) };
    }
}
