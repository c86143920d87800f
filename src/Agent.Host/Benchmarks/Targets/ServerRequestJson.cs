using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Core.Inference.Sampling;
using Agent.Host.Benchmarks.Loads;
using Microsoft.Extensions.AI;

namespace Agent.Host.Benchmarks.Targets;

/// <summary>Writes requests of a load in OpenAI's protocol.</summary>
internal static class ServerRequestJson
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a request.</summary>
    /// <returns>The path below the API's base, and the body.</returns>
    public static (string Path, byte[] Body) Write(LoadRequest request, string model)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, model);
            json.WriteBoolean("stream"u8, true);
            json.WriteStartObject("stream_options"u8);
            json.WriteBoolean("include_usage"u8, true);
            json.WriteEndObject();
            WriteLength(json, request.OutputTokens);
            WriteSampling(json, request.Sampling);
            switch (request)
            {
                case TokenLoadRequest tokens:
                    json.WriteStartArray("prompt"u8);
                    foreach (var token in tokens.Prompt)
                    {
                        json.WriteNumberValue(token);
                    }

                    json.WriteEndArray();
                    break;
                case ChatLoadRequest chat:
                    WriteMessages(json, chat.Messages);
                    WriteTools(json, chat.Tools);
                    break;
                default:
                    throw new InvalidOperationException($"There is no way to send a {request.GetType().Name}.");
            }

            json.WriteEndObject();
        }

        return (request is TokenLoadRequest ? "completions" : "chat/completions", buffer.WrittenSpan.ToArray());
    }

    /// <summary>Each server knows its own way to go on where the model would end; what it does not know, it ignores.</summary>
    private static void WriteLength(Utf8JsonWriter json, int tokens)
    {
        json.WriteNumber("max_tokens"u8, tokens);
        json.WriteNumber("min_tokens"u8, tokens);
        json.WriteBoolean("ignore_eos"u8, true);
    }

    /// <summary>All of them, since servers have defaults of their own; 0 stands for all tokens.</summary>
    private static void WriteSampling(Utf8JsonWriter json, SamplingOptions sampling)
    {
        json.WriteNumber("temperature"u8, sampling.Temperature);
        json.WriteNumber("top_p"u8, sampling.TopP);
        if (sampling.Temperature > 0)
        {
            json.WriteNumber("top_k"u8, sampling.TopK);
            json.WriteNumber("min_p"u8, sampling.MinP);
        }

        if (sampling.Seed is { } seed)
        {
            json.WriteNumber("seed"u8, seed);
        }
    }

    private static void WriteMessages(Utf8JsonWriter json, IReadOnlyList<ChatMessage> messages)
    {
        json.WriteStartArray("messages"u8);
        foreach (var message in messages)
        {
            json.WriteStartObject();
            json.WriteString("role"u8, message.Role.Value);
            switch (message.Contents[0])
            {
                case FunctionCallContent call:
                    json.WriteNull("content"u8);
                    WriteCall(json, call);
                    break;
                case FunctionResultContent result:
                    json.WriteString("tool_call_id"u8, result.CallId);
                    json.WriteString("content"u8, (string)result.Result!);
                    break;
                default:
                    json.WriteString("content"u8, message.Text);
                    break;
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCall(Utf8JsonWriter json, FunctionCallContent call)
    {
        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteString("id"u8, call.CallId);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, call.Name);
        json.WriteString("arguments"u8, JsonSerializer.Serialize(call.Arguments));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteTools(Utf8JsonWriter json, IReadOnlyList<AIFunctionDeclaration> tools)
    {
        if (tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, tool.Name);
            json.WriteString("description"u8, tool.Description);
            json.WritePropertyName("parameters"u8);
            tool.JsonSchema.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
