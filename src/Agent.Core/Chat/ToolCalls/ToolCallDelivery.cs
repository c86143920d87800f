namespace Agent.Core.Chat.ToolCalls;

/// <summary>Hands on the calls of a turn up to their cap, and says once that there were more.</summary>
/// <param name="maxCalls">Calls that a turn may hold, malformed ones included.</param>
internal sealed class ToolCallDelivery(int maxCalls)
{
    private int _calls;

    /// <summary>Whether the cap has been reported: what comes now is not worth reading.</summary>
    public bool IsClosed => _calls > maxCalls;

    /// <summary>Hands on a call, or the error that it was one too many, or nothing.</summary>
    /// <param name="call">A call or an invalid one.</param>
    /// <param name="output">Receives the event.</param>
    public void Deliver(ToolCallParserEvent call, List<ToolCallParserEvent> output)
    {
        if (IsClosed)
        {
            return;
        }

        output.Add(_calls < maxCalls ? call : TooMany(call));
        _calls++;
    }

    private ToolCallParserEvent.InvalidToolCall TooMany(ToolCallParserEvent call)
    {
        var (raw, name) = call switch
        {
            ToolCallParserEvent.ToolCall valid => (valid.RawText, valid.Name),
            ToolCallParserEvent.InvalidToolCall invalid => (invalid.RawText, invalid.Name),
            _ => throw new InvalidOperationException("Only calls are delivered."),
        };
        return new ToolCallParserEvent.InvalidToolCall(
            raw,
            name,
            $"Too many calls in one turn: this call and those after it were not made. At most {maxCalls} are allowed; make the rest in the next turn.");
    }
}
