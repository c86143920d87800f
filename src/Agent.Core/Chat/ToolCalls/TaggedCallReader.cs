namespace Agent.Core.Chat.ToolCalls;

/// <summary>
/// Reads a call from behind its opening tag to its end: the closing tag, the next opening tag, the end of the turn, or the
/// length limit. Where no object follows the opening tag, there is no call.
/// </summary>
/// <param name="text">The turn's text.</param>
/// <param name="body">The object, shared with the reader of bare calls: one of them reads at a time.</param>
/// <param name="options">Limits of a call.</param>
internal sealed class TaggedCallReader(TurnText text, CallBody body, ToolCallParserOptions options)
{
    private State _state;
    private string? _malformation;

    /// <summary>Characters of a malformed call.</summary>
    private int _malformedLength;

    private enum State
    {
        /// <summary>After the opening tag: a brace makes it a call.</summary>
        OpenTag,

        /// <summary>In the JSON.</summary>
        Body,

        /// <summary>After the JSON: the closing tag is due.</summary>
        Tail,

        /// <summary>After the JSON something else came.</summary>
        Junk,

        /// <summary>In what is not JSON.</summary>
        Malformed,
    }

    /// <summary>Where the text goes on, after <see cref="CallReadStatus.Complete"/>.</summary>
    public int End { get; private set; }

    /// <summary>Whether the call reached its length limit, so that its rest, up to the closing tag, still is to come.</summary>
    public bool IsOverlong { get; private set; }

    /// <summary>Begins with the opening tag at a position.</summary>
    public void Begin(int tag)
    {
        _malformation = null;
        IsOverlong = false;
        text.Scan = tag + ToolCallTags.Open.Length;
        body.Begin(text.Scan);
        _state = State.OpenTag;
    }

    /// <summary>Reads on. After <see cref="CallReadStatus.NoCall"/> the text goes on behind the opening tag.</summary>
    public CallReadStatus Read()
    {
        while (true)
        {
            CallReadStatus? decided = _state switch
            {
                State.OpenTag => ReadOpenTag(),
                State.Body => ReadBody(),
                State.Tail => ReadTail(),
                State.Junk => ReadJunk(),
                _ => ReadMalformed(),
            };
            if (decided is { } status)
            {
                return status;
            }
        }
    }

    /// <summary>The call, or what is wrong with it, after <see cref="CallReadStatus.Complete"/>.</summary>
    public ToolCallParserEvent ToCall() => _malformation is null
        ? ToolCallReader.Read(body.Text.ToString())
        : new ToolCallParserEvent.InvalidToolCall(
            text.Slice(body.Start, _malformedLength).TrimEnd().ToString(), body.ReadName(), _malformation);

    // Each of the readers below returns null when it has entered the next state.
    private CallReadStatus? ReadOpenTag()
    {
        if (!text.SkipBlanks(withLineEnds: true) && !text.IsCompleted)
        {
            return CallReadStatus.NeedsMore;
        }

        if (text.Scan == text.Count || text[text.Scan] != '{')
        {
            text.Scan = body.Start;
            return CallReadStatus.NoCall;
        }

        text.Head = body.Start - ToolCallTags.Open.Length;
        body.Begin(text.Scan);
        return Enter(State.Body);
    }

    private CallReadStatus? ReadBody()
    {
        switch (body.Read())
        {
            case JsonScanStatus.Complete:
                text.Scan = body.End;
                return Enter(State.Tail);
            case JsonScanStatus.Error:
                _malformation = $"Malformed JSON after \"{body.Excerpt()}\": {body.Error}.";
                return TryCloseInsideString() ?? EnterMalformed();
            case var _ when text.Count >= body.Limit:
                _malformation = "The JSON of the call does not end.";
                return TryCloseInsideString() ?? AbandonOverlong();
            case var _ when text.IsCompleted:
                _malformation = "The call was cut off before its JSON ended. Write it again, shorter if it is long.";
                return TryCloseInsideString() ?? EndMalformed(text.Count, text.Count);
            default:
                return CallReadStatus.NeedsMore;
        }
    }

    /// <summary>
    /// A string that never closes runs over the closing tag. Once that is certain, the call ends at that tag after all,
    /// and what follows the tag is read anew.
    /// </summary>
    private CallReadStatus? TryCloseInsideString()
    {
        if (body.FindCloseInOpenString() is not { } close)
        {
            return null;
        }

        _malformation = $"Malformed JSON: a string is not closed before {ToolCallTags.Close}.";
        return EndMalformed(close, close + ToolCallTags.Close.Length);
    }

    private CallReadStatus? ReadTail()
    {
        if (!text.SkipBlanks(withLineEnds: true))
        {
            return text.IsCompleted ? EndAt(text.Count) : CallReadStatus.NeedsMore;
        }

        return text.MatchTag(text.Scan, ToolCallTags.Close) switch
        {
            LiteralMatch.Full => EndAt(text.Scan + ToolCallTags.Close.Length),
            LiteralMatch.Partial => CallReadStatus.NeedsMore,
            _ => Enter(State.Junk),
        };
    }

    private CallReadStatus? ReadJunk()
    {
        var limit = body.End + options.MaxCallLength;
        while (text.FindTagStart(limit))
        {
            var close = text.MatchTag(text.Scan, ToolCallTags.Close);
            var open = text.MatchTag(text.Scan, ToolCallTags.Open);
            if (close == LiteralMatch.Full)
            {
                _malformation = "Malformed JSON: something follows the JSON object before " + ToolCallTags.Close + ".";
                return EndMalformed(text.Scan, text.Scan + ToolCallTags.Close.Length);
            }

            if (open == LiteralMatch.Full)
            {
                return EndAt(body.End);
            }

            if (close == LiteralMatch.Partial || open == LiteralMatch.Partial)
            {
                return CallReadStatus.NeedsMore;
            }

            text.Scan++;
        }

        // No tag closes the call, so what follows its object never was part of it.
        return text.IsCompleted || text.Count >= limit ? EndAt(body.End) : CallReadStatus.NeedsMore;
    }

    private CallReadStatus? ReadMalformed()
    {
        while (text.FindTagStart(body.Limit))
        {
            switch (text.MatchTag(text.Scan, ToolCallTags.Close))
            {
                case LiteralMatch.Full:
                    return EndMalformed(text.Scan, text.Scan + ToolCallTags.Close.Length);
                case LiteralMatch.Partial:
                    return CallReadStatus.NeedsMore;
                default:
                    text.Scan++;
                    break;
            }
        }

        if (text.Count >= body.Limit)
        {
            return AbandonOverlong();
        }

        return text.IsCompleted ? EndMalformed(text.Count, text.Count) : CallReadStatus.NeedsMore;
    }

    private CallReadStatus AbandonOverlong()
    {
        var end = body.Limit;
        IsOverlong = true;
        _malformation += $" It is longer than {options.MaxCallLength} characters; write a shorter one.";

        // The closing tag may lie across the limit.
        var resume = Math.Max(body.Start, end - ToolCallTags.Close.Length + 1);
        return EndMalformed(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end, resume);
    }

    private CallReadStatus? Enter(State next)
    {
        _state = next;
        return null;
    }

    private CallReadStatus? EnterMalformed()
    {
        text.Scan = body.End;
        return Enter(State.Malformed);
    }

    private CallReadStatus EndMalformed(int bodyEnd, int end)
    {
        _malformedLength = bodyEnd - body.Start;
        return EndAt(end);
    }

    private CallReadStatus EndAt(int end)
    {
        End = end;
        return CallReadStatus.Complete;
    }
}
