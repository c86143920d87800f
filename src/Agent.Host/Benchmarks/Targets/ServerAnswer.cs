using System.Text.Json;

namespace Agent.Host.Benchmarks.Targets;

/// <summary>A streamed answer of a server as its events come in. Not thread-safe.</summary>
internal sealed class ServerAnswer
{
    /// <summary>Whether the server said that the answer is complete.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>What the server counted so far.</summary>
    public LoadUsage Usage { get; private set; } = new(null, null, null);

    /// <summary>Takes the data of an event.</summary>
    /// <returns>Whether it holds a piece of the answer: text, reasoning, or a part of a call.</returns>
    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">It is not in OpenAI's form.</exception>
    /// <exception cref="LoadTargetException">It is an error.</exception>
    public bool Take(ReadOnlyMemory<char> data)
    {
        if (data.Span is "[DONE]")
        {
            IsFinished = true;
            return false;
        }

        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        if (root.TryGetProperty("error"u8, out var error) && error.ValueKind != JsonValueKind.Null)
        {
            throw new LoadTargetException("server", error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message"u8, out var message) ? message.ToString() : error.ToString());
        }

        TakeUsage(root);
        var hasPiece = false;
        if (root.TryGetProperty("choices"u8, out var choices))
        {
            foreach (var choice in choices.EnumerateArray())
            {
                hasPiece |= HasPiece(choice);
                IsFinished |= choice.TryGetProperty("finish_reason"u8, out var reason) && reason.ValueKind == JsonValueKind.String;
            }
        }

        return hasPiece;
    }

    private void TakeUsage(JsonElement root)
    {
        if (Object(root, "usage") is { } usage)
        {
            var cached = Number(usage, "cached_tokens") ?? (Object(usage, "prompt_tokens_details") is { } details ? Number(details, "cached_tokens") : null);
            Usage = new LoadUsage(Number(usage, "prompt_tokens"), cached ?? Usage.CachedTokens, Number(usage, "completion_tokens"));
        }

        // llama-server says it here in any case, and in its usage only of late.
        if (Usage.CachedTokens is null && Object(root, "timings") is { } timings)
        {
            Usage = Usage with { CachedTokens = Number(timings, "cache_n") };
        }
    }

    private static bool HasPiece(JsonElement choice)
    {
        if (HasText(choice, "text"))
        {
            return true;
        }

        return Object(choice, "delta") is { } delta
            && (HasText(delta, "content") || HasText(delta, "reasoning_content") || HasText(delta, "reasoning")
                || (delta.TryGetProperty("tool_calls"u8, out var calls) && calls.ValueKind == JsonValueKind.Array && calls.GetArrayLength() > 0));
    }

    private static bool HasText(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0;

    private static JsonElement? Object(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static long? Number(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
