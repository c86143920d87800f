using System.Buffers;
using Agent.Core.Chat.Template;

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
    private const string Fence = "```";
    private const string FenceLanguage = "json";

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private readonly HashSet<string> _toolNames;
    private readonly ToolCallParserOptions _options;
    private readonly JsonObjectScanner _scanner;

    private State _state = State.Lead;
    private bool _isAfterCall;
    private bool _isCompleted;
    private int _calls;

    private char[] _buffer = new char[256];
    private int _count;

    /// <summary>Everything before it has been emitted or dropped.</summary>
    private int _head;

    /// <summary>The next character to look at.</summary>
    private int _scan;

    private int _tagStart;
    private int _bodyStart;
    private int _bodyEnd;

    /// <summary>End of a bare object, its fence included.</summary>
    private int _bareEnd;
    private bool _isFenced;
    private bool _hasArguments;
    private string? _malformation;
    private ToolCallParserEvent.ToolCall? _bareCall;

    /// <summary>Where the tags begin that are tokens, in characters of the turn, ascending.</summary>
    private readonly List<long> _tags = [];

    /// <summary>Characters of the turn before those in the buffer.</summary>
    private long _origin;

    /// <param name="toolNames">Names of the registered tools, which alone may be called without tags.</param>
    /// <param name="options">Limits; null means the defaults.</param>
    public ToolCallStreamParser(IEnumerable<string> toolNames, ToolCallParserOptions? options = null)
    {
        _toolNames = [.. toolNames];
        _options = options ?? new ToolCallParserOptions();
        _scanner = new JsonObjectScanner(_options.MaxNesting);
    }

    private enum State
    {
        /// <summary>Only blanks so far, since the turn began or since a call.</summary>
        Lead,

        /// <summary>Text, in which only tags count.</summary>
        Prose,

        /// <summary>After an opening tag: a brace makes it a call.</summary>
        OpenTag,

        /// <summary>In the JSON of a tagged call.</summary>
        Body,

        /// <summary>After the JSON of a tagged call: the closing tag is due.</summary>
        Tail,

        /// <summary>After the JSON of a tagged call something else came.</summary>
        Junk,

        /// <summary>In a tagged call that is not JSON.</summary>
        Malformed,

        /// <summary>Beyond the length limit of a tagged call, which has been reported.</summary>
        Overlong,

        /// <summary>After the opening of a code fence.</summary>
        FenceLead,

        /// <summary>In an object without tags.</summary>
        BareBody,

        /// <summary>After the object in a code fence.</summary>
        FenceTail,

        /// <summary>After an object without tags, or its fence: the line must end.</summary>
        BareTail,
    }

    private enum Match
    {
        None,
        Partial,
        Full,
    }

    /// <summary>Characters looked at so far: the measure of the work done, for tests of its growth.</summary>
    internal long Work { get; private set; }

    /// <summary>Notes where a tag begins that the model wrote as one token. Call it before the piece comes in which the tag begins.</summary>
    /// <param name="position">Characters of the turn before the tag; more than at the last call.</param>
    public void MarkTag(long position)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(position, _tags is [.., var last] ? last : -1, nameof(position));
        _tags.Add(position);
    }

    /// <summary>Takes the next piece of the turn.</summary>
    /// <param name="text">The piece; may end anywhere.</param>
    /// <param name="output">Receives what is decided by now, after the events it already holds.</param>
    /// <exception cref="InvalidOperationException">The turn has been completed.</exception>
    public void Push(ReadOnlySpan<char> text, List<ToolCallParserEvent> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_isCompleted)
        {
            throw new InvalidOperationException("The turn has been completed; use a new parser for the next one.");
        }

        Append(text);
        Run(output);
        Compact();
    }

    /// <summary>Ends the turn and decides what was held back. Calling it again does nothing.</summary>
    /// <param name="output">Receives the remaining events.</param>
    public void Complete(List<ToolCallParserEvent> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _isCompleted = true;
        Run(output);
    }

    private void Run(List<ToolCallParserEvent> output)
    {
        while (_state switch
        {
            State.Lead => ReadLead(output),
            State.Prose => ReadProse(output),
            State.OpenTag => ReadOpenTag(),
            State.Body => ReadBody(output),
            State.Tail => ReadTail(output),
            State.Junk => ReadJunk(output),
            State.Malformed => ReadMalformed(output),
            State.Overlong => ReadOverlong(),
            State.FenceLead => ReadFenceLead(),
            State.BareBody => ReadBareBody(),
            State.FenceTail => ReadFenceTail(output),
            _ => ReadBareTail(output),
        })
        {
        }
    }

    // Each of the readers below returns whether there is more to do before the next piece comes.
    private bool ReadLead(List<ToolCallParserEvent> output)
    {
        if (!SkipBlanks(withLineEnds: true))
        {
            if (_isCompleted && _isAfterCall)
            {
                _head = _count;
            }
            else if (_isCompleted)
            {
                EmitText(_count, output);
            }

            return false;
        }

        switch (_buffer[_scan])
        {
            case '<':
                return MatchTag(_scan, ToolCallTags.Open) switch
                {
                    Match.Full => EnterOpenTag(_scan),
                    Match.Partial => false,
                    _ => Enter(State.Prose),
                };
            case '{' when _toolNames.Count > 0:
                return EnterBareBody(fenced: false);
            case '`' when _toolNames.Count > 0:
                return ReadFenceOpening();
            default:
                return Enter(State.Prose);
        }
    }

    private bool ReadProse(List<ToolCallParserEvent> output)
    {
        while (FindTagStart(_count))
        {
            switch (MatchTag(_scan, ToolCallTags.Open))
            {
                case Match.Full:
                    EmitText(BeforeTemplateLineFeed(_scan), output);
                    return EnterOpenTag(_scan);
                case Match.Partial:
                    EmitText(BeforeTemplateLineFeed(_scan), output);
                    return false;
                default:
                    _scan++;
                    break;
            }
        }

        var end = _count;
        if (!_isCompleted && end > _head && (_buffer[end - 1] == '\n' || char.IsHighSurrogate(_buffer[end - 1])))
        {
            end--;
        }

        EmitText(end, output);
        return false;
    }

    private bool ReadOpenTag()
    {
        if (!SkipBlanks(withLineEnds: true) && !_isCompleted)
        {
            return false;
        }

        if (_scan == _count || _buffer[_scan] != '{')
        {
            _scan = _tagStart + ToolCallTags.Open.Length;
            return Enter(State.Prose);
        }

        _head = _tagStart;
        _bodyStart = _scan;
        _scanner.Reset();
        return Enter(State.Body);
    }

    private bool ReadBody(List<ToolCallParserEvent> output)
    {
        switch (ScanObject())
        {
            case JsonScanStatus.Complete:
                _bodyEnd = _bodyStart + _scanner.Position;
                _scan = _bodyEnd;
                return Enter(State.Tail);
            case JsonScanStatus.Error:
                _malformation = $"Malformed JSON after \"{Excerpt()}\": {_scanner.Error}.";
                return TryCloseInsideString(output) || EnterMalformed();
            case var _ when _count - _bodyStart >= _options.MaxCallLength:
                _malformation = "The JSON of the call does not end.";
                return TryCloseInsideString(output) || AbandonOverlong(output);
            case var _ when _isCompleted:
                _malformation = "The call was cut off before its JSON ended. Write it again, shorter if it is long.";
                return TryCloseInsideString(output) || FinishInvalid(_count, _count, output);
            default:
                return false;
        }
    }

    /// <summary>
    /// A string that never closes runs over the closing tag. Once that is certain, the call ends at that tag after all,
    /// and what follows the tag is read anew.
    /// </summary>
    private bool TryCloseInsideString(List<ToolCallParserEvent> output)
    {
        if (_scanner.OpenString is not { } openString)
        {
            return false;
        }

        var close = FindClose(_bodyStart + openString, _bodyStart + _scanner.Position);
        if (close < 0)
        {
            return false;
        }

        _malformation = $"Malformed JSON: a string is not closed before {ToolCallTags.Close}.";
        return FinishInvalid(close, close + ToolCallTags.Close.Length, output);
    }

    private int FindClose(int from, int to)
    {
        Work += to - from;
        while (_buffer.AsSpan(from..to).IndexOf(ToolCallTags.Close) is >= 0 and var next)
        {
            if (IsTag(from + next))
            {
                return from + next;
            }

            from += next + 1;
        }

        return -1;
    }

    private bool ReadTail(List<ToolCallParserEvent> output)
    {
        if (!SkipBlanks(withLineEnds: true))
        {
            return _isCompleted && FinishCall(_count, output);
        }

        return MatchTag(_scan, ToolCallTags.Close) switch
        {
            Match.Full => FinishCall(_scan + ToolCallTags.Close.Length, output),
            Match.Partial => false,
            _ => Enter(State.Junk),
        };
    }

    private bool ReadJunk(List<ToolCallParserEvent> output)
    {
        var limit = _bodyEnd + _options.MaxCallLength;
        while (FindTagStart(limit))
        {
            var close = MatchTag(_scan, ToolCallTags.Close);
            var open = MatchTag(_scan, ToolCallTags.Open);
            if (close == Match.Full)
            {
                _malformation = "Malformed JSON: something follows the JSON object before " + ToolCallTags.Close + ".";
                return FinishInvalid(_scan, _scan + ToolCallTags.Close.Length, output);
            }

            if (open == Match.Full)
            {
                return FinishCall(_bodyEnd, output);
            }

            if (close == Match.Partial || open == Match.Partial)
            {
                return false;
            }

            _scan++;
        }

        // No tag closes the call, so what follows its object never was part of it.
        return (_isCompleted || _count >= limit) && FinishCall(_bodyEnd, output);
    }

    private bool ReadMalformed(List<ToolCallParserEvent> output)
    {
        var limit = _bodyStart + _options.MaxCallLength;
        while (FindTagStart(limit))
        {
            switch (MatchTag(_scan, ToolCallTags.Close))
            {
                case Match.Full:
                    return FinishInvalid(_scan, _scan + ToolCallTags.Close.Length, output);
                case Match.Partial:
                    return false;
                default:
                    _scan++;
                    break;
            }
        }

        if (_count >= limit)
        {
            return AbandonOverlong(output);
        }

        return _isCompleted && FinishInvalid(_count, _count, output);
    }

    private bool AbandonOverlong(List<ToolCallParserEvent> output)
    {
        var end = _bodyStart + _options.MaxCallLength;
        _malformation += $" It is longer than {_options.MaxCallLength} characters; write a shorter one.";

        // The closing tag may lie across the limit.
        var resume = Math.Max(_bodyStart, end - ToolCallTags.Close.Length + 1);
        FinishInvalid(char.IsHighSurrogate(_buffer[end - 1]) ? end - 1 : end, resume, output);
        return Enter(State.Overlong);
    }

    private bool ReadOverlong()
    {
        while (FindTagStart(_count))
        {
            switch (MatchTag(_scan, ToolCallTags.Close))
            {
                case Match.Full:
                    _scan += ToolCallTags.Close.Length;
                    _head = _scan;
                    return Enter(State.Lead);
                case Match.Partial:
                    _head = _scan;
                    return false;
                default:
                    _scan++;
                    break;
            }
        }

        _head = _count;
        return false;
    }

    private bool ReadFenceOpening()
    {
        switch (MatchAt(_scan, Fence))
        {
            case Match.Partial:
                return false;
            case Match.None:
                return Enter(State.Prose);
            default:
                break;
        }

        var language = _buffer.AsSpan((_scan + Fence.Length).._count);
        language = language[..Math.Min(language.Length, FenceLanguage.Length + 1)];
        var end = language.IndexOfAnyExcept(Letters);
        if (end < 0 && language.Length <= FenceLanguage.Length && !_isCompleted)
        {
            return false;
        }

        language = end < 0 ? language : language[..end];
        if (!language.IsEmpty && !language.Equals(FenceLanguage, StringComparison.OrdinalIgnoreCase))
        {
            return Enter(State.Prose);
        }

        _scan += Fence.Length + language.Length;
        return Enter(State.FenceLead);
    }

    private bool ReadFenceLead()
    {
        if (!SkipBlanks(withLineEnds: true))
        {
            return _isCompleted && RejectBare();
        }

        return _buffer[_scan] == '{' ? EnterBareBody(fenced: true) : RejectBare();
    }

    private bool ReadBareBody()
    {
        while (true)
        {
            switch (ScanObject(stopAtKeys: true))
            {
                case JsonScanStatus.Key when !IsCallKey(StringAt(_scanner.LastString)):
                case JsonScanStatus.Name when !MayBeToolName(StringAt(_scanner.LastString)):
                case JsonScanStatus.Error:
                    return RejectBare();
                case JsonScanStatus.Key or JsonScanStatus.Name:
                    break;
                case JsonScanStatus.Complete:
                    return EndBareBody();
                default:
                    return (_isCompleted || _count - _bodyStart >= _options.MaxCallLength) && RejectBare();
            }
        }
    }

    private bool EndBareBody()
    {
        _bareEnd = _bodyStart + _scanner.Position;
        _scan = _bareEnd;
        _bareCall = _hasArguments
            && ToolCallReader.Read(new string(_buffer, _bodyStart, _scanner.Position)) is ToolCallParserEvent.ToolCall call
            && _toolNames.Contains(call.Name)
            ? call
            : null;
        if (_bareCall is null)
        {
            return RejectBare();
        }

        return Enter(_isFenced ? State.FenceTail : State.BareTail);
    }

    private bool ReadFenceTail(List<ToolCallParserEvent> output)
    {
        if (!SkipBlanks(withLineEnds: true))
        {
            return _isCompleted && AcceptBare(_count, output);
        }

        switch (MatchAt(_scan, Fence))
        {
            case Match.Full:
                _scan += Fence.Length;
                _bareEnd = _scan;
                return Enter(State.BareTail);
            case Match.Partial:
                return false;
            default:
                return RejectBare();
        }
    }

    private bool ReadBareTail(List<ToolCallParserEvent> output)
    {
        if (!SkipBlanks(withLineEnds: false))
        {
            return _isCompleted && AcceptBare(_count, output);
        }

        return _buffer[_scan] switch
        {
            '\r' or '\n' or '{' => AcceptBare(_bareEnd, output),
            '<' => MatchTag(_scan, ToolCallTags.Close) switch
            {
                // A model that forgot the opening tag still writes the closing one.
                Match.Full => AcceptBare(_scan + ToolCallTags.Close.Length, output),
                Match.Partial => false,
                _ => AcceptBare(_bareEnd, output),
            },
            _ => RejectBare(),
        };
    }

    private bool Enter(State next)
    {
        _state = next;
        return true;
    }

    private bool EnterOpenTag(int at)
    {
        _tagStart = at;
        _scan = at + ToolCallTags.Open.Length;
        return Enter(State.OpenTag);
    }

    private bool EnterMalformed()
    {
        _scan = _bodyStart + _scanner.Position;
        return Enter(State.Malformed);
    }

    private bool EnterBareBody(bool fenced)
    {
        _isFenced = fenced;
        _hasArguments = false;
        _bodyStart = _scan;
        _scanner.Reset();
        return Enter(State.BareBody);
    }

    private bool RejectBare()
    {
        _bareCall = null;
        _scan = _head;
        return Enter(State.Prose);
    }

    private bool AcceptBare(int end, List<ToolCallParserEvent> output)
    {
        Deliver(_bareCall!, output);
        _bareCall = null;
        return EnterAfterCall(end);
    }

    private bool FinishCall(int end, List<ToolCallParserEvent> output)
    {
        // What is beyond the cap is not worth reading.
        if (_calls <= _options.MaxCalls)
        {
            Deliver(ToolCallReader.Read(new string(_buffer, _bodyStart, _bodyEnd - _bodyStart)), output);
        }

        return EnterAfterCall(end);
    }

    private bool FinishInvalid(int bodyLimit, int end, List<ToolCallParserEvent> output)
    {
        var raw = _buffer.AsSpan(_bodyStart..bodyLimit).TrimEnd();
        Deliver(new ToolCallParserEvent.InvalidToolCall(raw.ToString(), ReadName(), _malformation!), output);
        return EnterAfterCall(end);
    }

    private bool EnterAfterCall(int end)
    {
        _head = end;
        _scan = end;
        _isAfterCall = true;
        return Enter(State.Lead);
    }

    private void Deliver(ToolCallParserEvent call, List<ToolCallParserEvent> output)
    {
        if (_calls < _options.MaxCalls)
        {
            output.Add(call);
        }
        else if (_calls == _options.MaxCalls)
        {
            var (raw, name) = call switch
            {
                ToolCallParserEvent.ToolCall valid => (valid.RawText, valid.Name),
                ToolCallParserEvent.InvalidToolCall invalid => (invalid.RawText, invalid.Name),
                _ => throw new InvalidOperationException("Only calls are delivered."),
            };
            output.Add(new ToolCallParserEvent.InvalidToolCall(
                raw,
                name,
                $"Too many calls in one turn: this call and those after it were not made. At most {_options.MaxCalls} are allowed; make the rest in the next turn."));
        }

        _calls += _calls <= _options.MaxCalls ? 1 : 0;
    }

    private void EmitText(int end, List<ToolCallParserEvent> output)
    {
        if (end > _head)
        {
            output.Add(new ToolCallParserEvent.Text(new string(_buffer, _head, end - _head)));
            _head = end;
        }
    }

    private int BeforeTemplateLineFeed(int tag) => tag > _head && _buffer[tag - 1] == '\n' ? tag - 1 : tag;

    /// <summary>Reads on in the object at <see cref="_bodyStart"/>, within its length limit.</summary>
    private JsonScanStatus ScanObject(bool stopAtKeys = false)
    {
        var text = _buffer.AsSpan(_bodyStart, Math.Min(_count - _bodyStart, _options.MaxCallLength));
        var before = _scanner.Position;
        JsonScanStatus status;
        do
        {
            status = _scanner.Scan(text);
        }
        while (!stopAtKeys && status is JsonScanStatus.Key or JsonScanStatus.Name);

        Work += _scanner.Position - before;
        return status;
    }

    private ReadOnlySpan<char> StringAt(Range range) => _buffer.AsSpan(_bodyStart, _scanner.Position)[range];

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
        name.Contains('\\') || _toolNames.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);

    private string? ReadName() =>
        _scanner.Name is { } range && ModelJson.TryParse($"\"{StringAt(range)}\"", out var name) ? name.GetString() : null;

    private string Excerpt()
    {
        const int Length = 40;
        var read = _buffer.AsSpan(_bodyStart, _scanner.Position);
        if (read.Length <= Length)
        {
            return read.ToString();
        }

        var start = char.IsLowSurrogate(read[^Length]) ? Length - 1 : Length;
        return $"…{read[^start..]}";
    }

    /// <summary>Moves to the next character that may begin a tag; false when there is none before the limit.</summary>
    private bool FindTagStart(int limit)
    {
        limit = Math.Min(limit, _count);
        var rest = _buffer.AsSpan(_scan..limit);
        var next = rest.IndexOf('<');
        Work += next < 0 ? rest.Length : next + 1;
        _scan = next < 0 ? limit : _scan + next;
        return next >= 0;
    }

    /// <summary>Moves over blanks; false when the text ends with them.</summary>
    private bool SkipBlanks(bool withLineEnds)
    {
        var rest = _buffer.AsSpan(_scan.._count);
        var next = rest.IndexOfAnyExcept(withLineEnds ? " \t\r\n" : " \t");
        Work += next < 0 ? rest.Length : next + 1;
        _scan = next < 0 ? _count : _scan + next;
        return next >= 0;
    }

    private Match MatchTag(int at, string tag) => IsTag(at) ? MatchAt(at, tag) : Match.None;

    private bool IsTag(int at) => !_options.TagsAreTokens || _tags.BinarySearch(_origin + at) >= 0;

    private Match MatchAt(int at, string literal)
    {
        var found = _buffer.AsSpan(at, Math.Min(literal.Length, _count - at));
        Work++;
        if (!literal.AsSpan().StartsWith(found))
        {
            return Match.None;
        }

        if (found.Length == literal.Length)
        {
            return Match.Full;
        }

        return _isCompleted ? Match.None : Match.Partial;
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (_count + text.Length > _buffer.Length)
        {
            Array.Resize(ref _buffer, checked((int)Math.Min(Array.MaxLength, Math.Max(_buffer.Length * 2L, (long)_count + text.Length))));
        }

        text.CopyTo(_buffer.AsSpan(_count));
        _count += text.Length;
    }

    /// <summary>Moves what is held to the front once it is the smaller part, so that moving costs no more than reading did.</summary>
    private void Compact()
    {
        if (_head <= _count - _head)
        {
            return;
        }

        _buffer.AsSpan(_head.._count).CopyTo(_buffer);
        _count -= _head;
        _scan -= _head;
        _tagStart -= _head;
        _bodyStart -= _head;
        _bodyEnd -= _head;
        _bareEnd -= _head;
        _origin += _head;
        _head = 0;
        _tags.RemoveAll(tag => tag < _origin);
    }
}
