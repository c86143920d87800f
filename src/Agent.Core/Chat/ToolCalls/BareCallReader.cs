using System.Buffers;

namespace Agent.Core.Chat.ToolCalls;

/// <summary>
/// Reads a call that stands without tags: an object, or one in a code fence, that nothing but a call looks like. Whatever
/// is not exactly that is text.
/// </summary>
/// <param name="text">The turn's text; what is read begins at its <see cref="TurnText.Scan"/>.</param>
/// <param name="body">The object, shared with the reader of tagged calls: one of them reads at a time.</param>
/// <param name="toolNames">Names of the registered tools, which alone may be called so.</param>
internal sealed class BareCallReader(TurnText text, CallBody body, HashSet<string> toolNames)
{
    private const string Fence = "```";
    private const string FenceLanguage = "json";

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private State _state;
    private bool _isFenced;
    private bool _hasArguments;

    /// <summary>Characters from the end of the object to the end of its fence.</summary>
    private int _fenceLength;

    private enum State
    {
        /// <summary>At the first backquote.</summary>
        FenceOpening,

        /// <summary>After the opening of a code fence.</summary>
        FenceLead,

        /// <summary>In the object.</summary>
        Body,

        /// <summary>After the object in a code fence.</summary>
        FenceTail,

        /// <summary>After the object, or its fence: the line must end.</summary>
        Tail,
    }

    /// <summary>The call, after <see cref="CallReadStatus.Complete"/>.</summary>
    public ToolCallParserEvent.ToolCall? Call { get; private set; }

    /// <summary>Where the text goes on, after <see cref="CallReadStatus.Complete"/>.</summary>
    public int End { get; private set; }

    /// <summary>Begins where a brace or a backquote stands; false where no call may stand without tags.</summary>
    public bool TryBegin()
    {
        if (toolNames.Count == 0)
        {
            return false;
        }

        Call = null;
        _isFenced = text[text.Scan] == '`';
        if (_isFenced)
        {
            _state = State.FenceOpening;
        }
        else
        {
            EnterBody();
        }

        return true;
    }

    /// <summary>Reads on.</summary>
    public CallReadStatus Read()
    {
        while (true)
        {
            CallReadStatus? decided = _state switch
            {
                State.FenceOpening => ReadFenceOpening(),
                State.FenceLead => ReadFenceLead(),
                State.Body => ReadBody(),
                State.FenceTail => ReadFenceTail(),
                _ => ReadTail(),
            };
            if (decided is { } status)
            {
                return status;
            }
        }
    }

    // Each of the readers below returns null when it has entered the next state.
    private CallReadStatus? ReadFenceOpening()
    {
        switch (text.Match(text.Scan, Fence))
        {
            case LiteralMatch.Partial:
                return CallReadStatus.NeedsMore;
            case LiteralMatch.None:
                return CallReadStatus.NoCall;
            default:
                break;
        }

        var start = text.Scan + Fence.Length;
        var language = text.Slice(start, Math.Min(text.Count - start, FenceLanguage.Length + 1));
        var end = language.IndexOfAnyExcept(Letters);
        if (end < 0 && language.Length <= FenceLanguage.Length && !text.IsCompleted)
        {
            return CallReadStatus.NeedsMore;
        }

        language = end < 0 ? language : language[..end];
        if (!language.IsEmpty && !language.Equals(FenceLanguage, StringComparison.OrdinalIgnoreCase))
        {
            return CallReadStatus.NoCall;
        }

        text.Scan = start + language.Length;
        return Enter(State.FenceLead);
    }

    private CallReadStatus? ReadFenceLead()
    {
        if (!text.SkipBlanks(withLineEnds: true))
        {
            return text.IsCompleted ? CallReadStatus.NoCall : CallReadStatus.NeedsMore;
        }

        return text[text.Scan] == '{' ? EnterBody() : CallReadStatus.NoCall;
    }

    private CallReadStatus? ReadBody()
    {
        while (true)
        {
            switch (body.Read(stopAtKeys: true))
            {
                case JsonScanStatus.Key when !IsCallKey(body.LastString):
                case JsonScanStatus.Name when !MayBeToolName(body.LastString):
                case JsonScanStatus.Error:
                    return CallReadStatus.NoCall;
                case JsonScanStatus.Key or JsonScanStatus.Name:
                    break;
                case JsonScanStatus.Complete:
                    return EndBody();
                default:
                    return text.IsCompleted || text.Count >= body.Limit ? CallReadStatus.NoCall : CallReadStatus.NeedsMore;
            }
        }
    }

    private CallReadStatus? EndBody()
    {
        if (!_hasArguments
            || ToolCallReader.Read(body.Text.ToString()) is not ToolCallParserEvent.ToolCall call
            || !toolNames.Contains(call.Name))
        {
            return CallReadStatus.NoCall;
        }

        Call = call;
        _fenceLength = 0;
        text.Scan = body.End;
        return Enter(_isFenced ? State.FenceTail : State.Tail);
    }

    private CallReadStatus? ReadFenceTail()
    {
        if (!text.SkipBlanks(withLineEnds: true))
        {
            return text.IsCompleted ? EndAt(text.Count) : CallReadStatus.NeedsMore;
        }

        switch (text.Match(text.Scan, Fence))
        {
            case LiteralMatch.Full:
                text.Scan += Fence.Length;
                _fenceLength = text.Scan - body.End;
                return Enter(State.Tail);
            case LiteralMatch.Partial:
                return CallReadStatus.NeedsMore;
            default:
                return CallReadStatus.NoCall;
        }
    }

    private CallReadStatus? ReadTail()
    {
        if (!text.SkipBlanks(withLineEnds: false))
        {
            return text.IsCompleted ? EndAt(text.Count) : CallReadStatus.NeedsMore;
        }

        return text[text.Scan] switch
        {
            '\r' or '\n' or '{' => EndAt(body.End + _fenceLength),
            '<' => text.MatchTag(text.Scan, ToolCallTags.Close) switch
            {
                // A model that forgot the opening tag still writes the closing one.
                LiteralMatch.Full => EndAt(text.Scan + ToolCallTags.Close.Length),
                LiteralMatch.Partial => CallReadStatus.NeedsMore,
                _ => EndAt(body.End + _fenceLength),
            },
            _ => CallReadStatus.NoCall,
        };
    }

    private CallReadStatus? Enter(State next)
    {
        _state = next;
        return null;
    }

    private CallReadStatus? EnterBody()
    {
        _hasArguments = false;
        body.Begin(text.Scan);
        return Enter(State.Body);
    }

    private CallReadStatus EndAt(int end)
    {
        End = end;
        return CallReadStatus.Complete;
    }

    private bool IsCallKey(ReadOnlySpan<char> key)
    {
        if (key is "arguments" or "parameters")
        {
            _hasArguments = true;
            return true;
        }

        return key is "name" or "type" or "id";
    }

    private bool MayBeToolName(ReadOnlySpan<char> name) =>
        name.Contains('\\') || toolNames.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);
}
