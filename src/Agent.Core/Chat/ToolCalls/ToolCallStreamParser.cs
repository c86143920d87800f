namespace Agent.Core.Chat.ToolCalls;

/// <summary>
/// Splits the text of an assistant turn, as it is generated, into text for the reader and tool calls.
/// </summary>
/// <remarks>
/// <para>
/// A call is a JSON object between <c>&lt;tool_call&gt;</c> and <c>&lt;/tool_call&gt;</c>. The closing tag may be
/// missing where the turn ends or the next call opens. A tag that no <c>{</c> follows is text, and swallows nothing.
/// Where a vocabulary has tokens for the tags (<see cref="ToolCallParserOptions.TagsAreTokens"/>), their literals in other
/// tokens are text too: that is what a model writes that quotes a document.
/// A bare or fenced (<c>```json</c>) object counts as a call only where the turn, or what is left of it after a call,
/// begins with it, nothing else stands on its last line, its keys are those of a call and its name is that of a
/// registered tool; otherwise it stays text, byte for byte.
/// </para>
/// <para>
/// Blanks: the one line feed before an opening tag belongs to the template and is no text. Blanks that stand alone
/// before the first call, between two calls or after the last one are dropped. All other blanks are text.
/// </para>
/// <para>
/// The events do not depend on how the text was cut into pieces, except that one passage of text may come in several
/// events. Text is held back only while it may still become part of a call. Every character is looked at a bounded
/// number of times. No text makes it throw. Not thread-safe; one parser serves one turn.
/// </para>
/// </remarks>
internal sealed class ToolCallStreamParser
{
    private readonly TurnText _text;
    private readonly CallBody _body;
    private readonly TaggedCallReader _tagged;
    private readonly BareCallReader _bare;
    private readonly ToolCallDelivery _delivery;

    private State _state = State.Lead;
    private bool _isAfterCall;

    /// <param name="toolNames">Names of the registered tools, which alone may be called without tags.</param>
    /// <param name="options">Limits; null means the defaults.</param>
    public ToolCallStreamParser(IEnumerable<string> toolNames, ToolCallParserOptions? options = null)
    {
        options ??= new ToolCallParserOptions();
        _text = new TurnText(options.TagsAreTokens);
        _body = new CallBody(_text, options);
        _tagged = new TaggedCallReader(_text, _body, options);
        _bare = new BareCallReader(_text, _body, [.. toolNames]);
        _delivery = new ToolCallDelivery(options.MaxCalls);
    }

    private enum State
    {
        /// <summary>Only blanks so far, since the turn began or since a call.</summary>
        Lead,

        /// <summary>Text, in which only tags count.</summary>
        Prose,

        /// <summary>After an opening tag.</summary>
        TaggedCall,

        /// <summary>Beyond the length limit of a tagged call, which has been reported.</summary>
        Overlong,

        /// <summary>In what may be a call without tags.</summary>
        BareCall,
    }

    /// <summary>Characters looked at so far: the measure of the work done, for tests of its growth.</summary>
    internal long Work => _text.Work + _body.Work;

    /// <summary>Notes where a tag begins that the model wrote as one token. Call it before the piece comes in which the tag begins.</summary>
    /// <param name="position">Characters of the turn before the tag; more than at the last call.</param>
    public void MarkTag(long position) => _text.MarkTag(position);

    /// <summary>Takes the next piece of the turn.</summary>
    /// <param name="text">The piece; may end anywhere.</param>
    /// <param name="output">Receives what is decided by now, after the events it already holds.</param>
    /// <exception cref="InvalidOperationException">The turn has been completed.</exception>
    public void Push(ReadOnlySpan<char> text, List<ToolCallParserEvent> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_text.IsCompleted)
        {
            throw new InvalidOperationException("The turn has been completed; use a new parser for the next one.");
        }

        _text.Append(text);
        Run(output);
        _body.Move(_text.Compact());
    }

    /// <summary>Ends the turn and decides what was held back. Calling it again does nothing.</summary>
    /// <param name="output">Receives the remaining events.</param>
    public void Complete(List<ToolCallParserEvent> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _text.Complete();
        Run(output);
    }

    private void Run(List<ToolCallParserEvent> output)
    {
        while (_state switch
        {
            State.Lead => ReadLead(output),
            State.Prose => ReadProse(output),
            State.TaggedCall => ReadTaggedCall(output),
            State.Overlong => ReadOverlong(),
            _ => ReadBareCall(output),
        })
        {
        }
    }

    // Each of the readers below returns whether there is more to do before the next piece comes.
    private bool ReadLead(List<ToolCallParserEvent> output)
    {
        if (!_text.SkipBlanks(withLineEnds: true))
        {
            if (_text.IsCompleted && _isAfterCall)
            {
                _text.Head = _text.Count;
            }
            else if (_text.IsCompleted)
            {
                EmitText(_text.Count, output);
            }

            return false;
        }

        return _text[_text.Scan] switch
        {
            '<' => _text.MatchTag(_text.Scan, ToolCallTags.Open) switch
            {
                LiteralMatch.Full => EnterTaggedCall(),
                LiteralMatch.Partial => false,
                _ => Enter(State.Prose),
            },
            '{' or '`' => Enter(_bare.TryBegin() ? State.BareCall : State.Prose),
            _ => Enter(State.Prose),
        };
    }

    private bool ReadProse(List<ToolCallParserEvent> output)
    {
        while (_text.FindTagStart(_text.Count))
        {
            switch (_text.MatchTag(_text.Scan, ToolCallTags.Open))
            {
                case LiteralMatch.Full:
                    EmitText(BeforeTemplateLineFeed(_text.Scan), output);
                    return EnterTaggedCall();
                case LiteralMatch.Partial:
                    EmitText(BeforeTemplateLineFeed(_text.Scan), output);
                    return false;
                default:
                    _text.Scan++;
                    break;
            }
        }

        var end = _text.Count;
        if (!_text.IsCompleted && end > _text.Head && (_text[end - 1] == '\n' || char.IsHighSurrogate(_text[end - 1])))
        {
            end--;
        }

        EmitText(end, output);
        return false;
    }

    private bool ReadTaggedCall(List<ToolCallParserEvent> output)
    {
        switch (_tagged.Read())
        {
            case CallReadStatus.NeedsMore:
                return false;
            case CallReadStatus.NoCall:
                return Enter(State.Prose);
            default:
                if (!_delivery.IsClosed)
                {
                    _delivery.Deliver(_tagged.ToCall(), output);
                }

                return EnterAfterCall(_tagged.End, _tagged.IsOverlong ? State.Overlong : State.Lead);
        }
    }

    private bool ReadOverlong()
    {
        while (_text.FindTagStart(_text.Count))
        {
            switch (_text.MatchTag(_text.Scan, ToolCallTags.Close))
            {
                case LiteralMatch.Full:
                    return EnterAfterCall(_text.Scan + ToolCallTags.Close.Length, State.Lead);
                case LiteralMatch.Partial:
                    _text.Head = _text.Scan;
                    return false;
                default:
                    _text.Scan++;
                    break;
            }
        }

        _text.Head = _text.Count;
        return false;
    }

    private bool ReadBareCall(List<ToolCallParserEvent> output)
    {
        switch (_bare.Read())
        {
            case CallReadStatus.NeedsMore:
                return false;
            case CallReadStatus.NoCall:
                _text.Scan = _text.Head;
                return Enter(State.Prose);
            default:
                _delivery.Deliver(_bare.Call!, output);
                return EnterAfterCall(_bare.End, State.Lead);
        }
    }

    private bool Enter(State next)
    {
        _state = next;
        return true;
    }

    private bool EnterTaggedCall()
    {
        _tagged.Begin(_text.Scan);
        return Enter(State.TaggedCall);
    }

    private bool EnterAfterCall(int end, State next)
    {
        _text.Head = end;
        _text.Scan = end;
        _isAfterCall = true;
        return Enter(next);
    }

    private void EmitText(int end, List<ToolCallParserEvent> output)
    {
        if (end > _text.Head)
        {
            output.Add(new ToolCallParserEvent.Text(_text.Slice(_text.Head, end - _text.Head).ToString()));
            _text.Head = end;
        }
    }

    private int BeforeTemplateLineFeed(int tag) => tag > _text.Head && _text[tag - 1] == '\n' ? tag - 1 : tag;
}
