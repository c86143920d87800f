using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using WireFinishReason = OpenAI.Chat.ChatFinishReason;

namespace Agent.Host.Remote;

/// <summary>One assistant turn of a server as it comes in: its updates go in, ours come out.</summary>
internal sealed class RemoteTurn(string model, TimeProvider time)
{
    private readonly List<(int Index, RemoteToolCall Call)> _calls = [];
    private string _id = $"chatcmpl-{Guid.NewGuid():N}";
    private string _model = model;
    private DateTimeOffset _createdAt = time.GetUtcNow();
    private WireFinishReason? _reason;
    private ChatTokenUsage? _usage;
    private bool _begun;

    /// <summary>Whether the server said why the turn ended.</summary>
    public bool IsFinished => _reason is not null;

    /// <summary>A whole answer.</summary>
    public ChatResponse ToResponse(ChatCompletion completion)
    {
        Begin(completion.Id, completion.Model, completion.CreatedAt);
        var contents = completion.Content.Select(ToContent).OfType<AIContent>().ToList();
        AddRefusal(contents, completion.Refusal);
        for (var i = 0; i < completion.ToolCalls.Count; i++)
        {
            var call = completion.ToolCalls[i];
            Take(i, call.Id, call.FunctionName, call.FunctionArguments?.ToString());
        }

        _reason = completion.FinishReason;
        contents.AddRange(_calls.Select(call => call.Call.ToContent()));
        return new ChatResponse(new Microsoft.Extensions.AI.ChatMessage(ChatRole.Assistant, contents) { MessageId = _id, CreatedAt = _createdAt })
        {
            ResponseId = _id,
            ModelId = _model,
            CreatedAt = _createdAt,
            FinishReason = Reason(),
            Usage = Usage(completion.Usage),
        };
    }

    /// <summary>Takes a piece of a streamed answer; what of it can be shown comes back.</summary>
    public ChatResponseUpdate? Take(StreamingChatCompletionUpdate update)
    {
        Begin(update.CompletionId, update.Model, update.CreatedAt);
        foreach (var call in update.ToolCallUpdates)
        {
            Take(call.Index, call.ToolCallId, call.FunctionName, call.FunctionArgumentsUpdate?.ToString());
        }

        // The usage comes after the reason.
        _reason = update.FinishReason ?? _reason;
        _usage = update.Usage ?? _usage;
        var contents = update.ContentUpdate.Select(ToContent).OfType<AIContent>().ToList();
        AddRefusal(contents, update.RefusalUpdate);
        return contents.Count > 0 ? NewUpdate(contents) : null;
    }

    /// <summary>Ends a streamed answer: calls, usage and reason.</summary>
    public ChatResponseUpdate End()
    {
        List<AIContent> contents = [.. _calls.Select(call => call.Call.ToContent())];
        if (Usage(_usage) is { } usage)
        {
            contents.Add(new UsageContent(usage));
        }

        var update = NewUpdate(contents);
        update.FinishReason = Reason();
        return update;
    }

    /// <summary>All updates bear what the first said, whatever later ones say.</summary>
    private void Begin(string? id, string? name, DateTimeOffset createdAt)
    {
        if (_begun)
        {
            return;
        }

        _begun = true;
        _id = string.IsNullOrEmpty(id) ? _id : id;
        _model = string.IsNullOrEmpty(name) ? _model : name;
        _createdAt = createdAt > DateTimeOffset.UnixEpoch ? createdAt : _createdAt;
    }

    private void Take(int index, string? id, string? name, string? arguments)
    {
        var at = _calls.FindLastIndex(call => call.Index == index);
        if (at < 0 || _calls[at].Call.IsAnother(id))
        {
            at = _calls.Count;
            _calls.Add((index, new RemoteToolCall()));
        }

        _calls[at].Call.Add(id, name, arguments);
    }

    private static TextContent? ToContent(ChatMessageContentPart part) => part is { Kind: ChatMessageContentPartKind.Text, Text.Length: > 0 } ? new TextContent(part.Text) : null;

    private static void AddRefusal(List<AIContent> contents, string? refusal)
    {
        if (!string.IsNullOrEmpty(refusal))
        {
            contents.Add(new ErrorContent(refusal) { ErrorCode = "refusal" });
        }
    }

    /// <summary>Where a call was demanded, servers say that the turn stopped.</summary>
    private ChatFinishReason? Reason() => _reason switch
    {
        null => null,
        WireFinishReason.Length => ChatFinishReason.Length,
        WireFinishReason.ContentFilter => ChatFinishReason.ContentFilter,
        _ => _calls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
    };

    private static UsageDetails? Usage(ChatTokenUsage? usage) => usage is null ? null : new UsageDetails
    {
        InputTokenCount = usage.InputTokenCount,
        OutputTokenCount = usage.OutputTokenCount,
        TotalTokenCount = usage.TotalTokenCount,
        CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount,
        ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount,
    };

    private ChatResponseUpdate NewUpdate(List<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _id,
        MessageId = _id,
        ModelId = _model,
        CreatedAt = _createdAt,
    };
}
