using System.Text.Json;
using Agent.Core.Chat.ToolCalls;
using Agent.Core.Inference;
using Agent.Core.Inference.Text;
using Microsoft.Extensions.AI;

namespace Agent.Core.Chat.Client;

/// <summary>One assistant turn as it is generated: tokens go in, updates come out.</summary>
/// <remarks>Runs on the reader's thread, off the engine's.</remarks>
internal sealed class ChatTurn
{
    private readonly ChatRequestPlan _plan;
    private readonly string _modelId;
    private readonly DateTimeOffset _createdAt;
    private readonly string _responseId = $"chatcmpl-{Guid.NewGuid():N}";
    private readonly string _messageId = $"msg-{Guid.NewGuid():N}";
    private readonly TokenTextDecoder _decoder;
    private readonly StopStringMatcher _stops;
    private readonly ToolCallTagTokens? _tags;
    private readonly ToolCallStreamParser _parser;
    private readonly List<ToolCallParserEvent> _events = [];
    private long _characters;
    private int _tokens;
    private int _calls;

    public ChatTurn(ChatRequestPlan plan, ITokenizer tokenizer, string modelId, DateTimeOffset createdAt)
    {
        _plan = plan;
        _modelId = modelId;
        _createdAt = createdAt;
        _decoder = new TokenTextDecoder(tokenizer);
        _stops = new StopStringMatcher(plan.StopSequences);
        _tags = ToolCallTagTokens.Of(tokenizer);
        _parser = new ToolCallStreamParser(
            plan.BareToolNames,
            new ToolCallParserOptions { MaxCalls = plan.MaxToolCalls, TagsAreTokens = _tags is not null || !plan.LiteralTagsCount });
    }

    /// <summary>Whether the answer is complete although the model would go on.</summary>
    public bool IsOver => _stops.Found is not null || (_plan.SingleCall && _calls > 0);

    /// <summary>Feeds the beginning that was forced upon the model.</summary>
    public List<ChatResponseUpdate> Begin()
    {
        if (_plan.ForcedBeginning.Length > 0)
        {
            _parser.MarkTag(0);
            _characters = _plan.ForcedBeginning.Length;
        }

        return Parse(_plan.ForcedBeginning);
    }

    /// <summary>Feeds a token.</summary>
    public List<ChatResponseUpdate> Take(int token)
    {
        _tokens++;
        var text = _decoder.Decode(token);
        if (_tags?.TagOf(token) is { } tag)
        {
            // Before the tag may stand what is left of a character that is not whole; and a control token has no text of its own.
            text = text.EndsWith(tag) ? text : $"{text}{tag}";
            _parser.MarkTag(_characters + text.Length - tag.Length);
        }

        _characters += text.Length;
        return Parse(_stops.Push(text));
    }

    /// <summary>Ends the turn.</summary>
    public List<ChatResponseUpdate> End(Generation generation)
    {
        var updates = new List<ChatResponseUpdate>();
        if (!IsOver)
        {
            updates.AddRange(Parse(_stops.Complete()));
        }

        if (!IsOver || _stops.Found is not null)
        {
            _events.Clear();
            _parser.Complete(_events);
            AddUpdates(updates);
        }

        var statistics = generation.Statistics;
        var cut = statistics is { Reason: StopReason.MaxTokens or StopReason.ContextFull } && !IsOver;
        var final = NewUpdate(new UsageContent(Usage(generation, statistics)));
        final.FinishReason = cut ? ChatFinishReason.Length : _calls > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
        updates.Add(final);
        return updates;
    }

    private UsageDetails Usage(Generation generation, GenerationStatistics? statistics)
    {
        // What the engine wrote after a turn was ended here depends on the moment; what was read is what was used.
        var completion = IsOver || statistics is null ? _tokens : statistics.CompletionTokens;
        var usage = new UsageDetails
        {
            InputTokenCount = generation.PromptTokens,
            CachedInputTokenCount = generation.CachedTokens,
            OutputTokenCount = completion,
            TotalTokenCount = generation.PromptTokens + completion,
        };
        if (statistics is not null)
        {
            usage.AdditionalCounts = new AdditionalPropertiesDictionary<long>
            {
                ["queue_us"] = (long)statistics.QueueTime.TotalMicroseconds,
                ["prefill_us"] = (long)statistics.PrefillTime.TotalMicroseconds,
                ["decode_us"] = (long)statistics.DecodeTime.TotalMicroseconds,
            };
        }

        return usage;
    }

    private List<ChatResponseUpdate> Parse(string text)
    {
        var updates = new List<ChatResponseUpdate>();
        if (text.Length > 0)
        {
            _events.Clear();
            _parser.Push(text, _events);
            AddUpdates(updates);
        }

        return updates;
    }

    private void AddUpdates(List<ChatResponseUpdate> updates)
    {
        foreach (var parsed in _events)
        {
            if (_plan.SingleCall && _calls > 0)
            {
                return;
            }

            updates.Add(NewUpdate(parsed switch
            {
                ToolCallParserEvent.Text text => new TextContent(text.Value),
                ToolCallParserEvent.ToolCall call => NewCall(call.Name, Arguments(call.Arguments), call.RawText, error: null),
                ToolCallParserEvent.InvalidToolCall invalid => NewCall(invalid.Name ?? string.Empty, arguments: null, invalid.RawText, new FormatException(invalid.Error)),
                _ => throw new InvalidOperationException($"The parser gave an unknown {parsed.GetType().Name}."),
            }));
        }
    }

    private FunctionCallContent NewCall(string name, Dictionary<string, object?>? arguments, string raw, Exception? error)
    {
        _calls++;
        return new FunctionCallContent($"call_{Guid.NewGuid():N}", name, arguments) { Exception = error, RawRepresentation = raw };
    }

    private static Dictionary<string, object?> Arguments(JsonElement arguments)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in arguments.EnumerateObject())
        {
            values[property.Name] = property.Value;
        }

        return values;
    }

    private ChatResponseUpdate NewUpdate(AIContent content) => new(ChatRole.Assistant, [content])
    {
        ResponseId = _responseId,
        MessageId = _messageId,
        ModelId = _modelId,
        CreatedAt = _createdAt,
    };
}
