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

    private readonly HashSet<string> toolNames;
    private readonly ToolCallParserOptions options;
    private readonly JsonObjectScanner scanner;

    private State state = State.Lead;
    private bool isAfterCall;
    private bool isCompleted;
    private int calls;

    private char[] buffer = new char[256];
    private int count;

    /// <summary>Everything before it has been emitted or dropped.</summary>
    private int head;

    /// <summary>The next character to look at.</summary>
    private int scan;

    private int tagStart;
    private int bodyStart;
    private int bodyEnd;

    /// <summary>End of a bare object, its fence included.</summary>
    private int bareEnd;
    private bool isFenced;
    private bool hasArguments;
    private string? malformation;
    private ToolCallParserEvent.ToolCall? bareCall;

    /// <param name="toolNames">Names of the registered tools, which alone may be called without tags.</param>
    /// <param name="options">Limits; null means the defaults.</param>
    public ToolCallStreamParser(IEnumerable<string> toolNames, ToolCallParserOptions? options = null)
    {
        this.toolNames = [.. toolNames];
        this.options = options ?? new ToolCallParserOptions();
        scanner = new JsonObjectScanner(this.options.MaxNesting);
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

    /// <summary>Takes the next piece of the turn.</summary>
    /// <param name="text">The piece; may end anywhere.</param>
    /// <param name="output">Receives what is decided by now, after the events it already holds.</param>
    /// <exception cref="InvalidOperationException">The turn has been completed.</exception>
    public void Push(ReadOnlySpan<char> text, List<ToolCallParserEvent> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (isCompleted)
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
        isCompleted = true;
        Run(output);
    }

    private void Run(List<ToolCallParserEvent> output)
    {
        while (state switch
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
            if (isCompleted && isAfterCall)
            {
                head = count;
            }
            else if (isCompleted)
            {
                EmitText(count, output);
            }

            return false;
        }

        switch (buffer[scan])
        {
            case '<':
                return MatchAt(scan, ToolCallTags.Open) switch
                {
                    Match.Full => EnterOpenTag(scan),
                    Match.Partial => false,
                    _ => Enter(State.Prose),
                };
            case '{' when toolNames.Count > 0:
                return EnterBareBody(fenced: false);
            case '`' when toolNames.Count > 0:
                return ReadFenceOpening();
            default:
                return Enter(State.Prose);
        }
    }

    private bool ReadProse(List<ToolCallParserEvent> output)
    {
        while (FindTagStart(count))
        {
            switch (MatchAt(scan, ToolCallTags.Open))
            {
                case Match.Full:
                    EmitText(BeforeTemplateLineFeed(scan), output);
                    return EnterOpenTag(scan);
                case Match.Partial:
                    EmitText(BeforeTemplateLineFeed(scan), output);
                    return false;
                default:
                    scan++;
                    break;
            }
        }

        var end = count;
        if (!isCompleted && end > head && (buffer[end - 1] == '\n' || char.IsHighSurrogate(buffer[end - 1])))
        {
            end--;
        }

        EmitText(end, output);
        return false;
    }

    private bool ReadOpenTag()
    {
        if (!SkipBlanks(withLineEnds: true) && !isCompleted)
        {
            return false;
        }

        if (scan == count || buffer[scan] != '{')
        {
            scan = tagStart + ToolCallTags.Open.Length;
            return Enter(State.Prose);
        }

        head = tagStart;
        bodyStart = scan;
        scanner.Reset();
        return Enter(State.Body);
    }

    private bool ReadBody(List<ToolCallParserEvent> output)
    {
        switch (ScanObject())
        {
            case JsonScanStatus.Complete:
                bodyEnd = bodyStart + scanner.Position;
                scan = bodyEnd;
                return Enter(State.Tail);
            case JsonScanStatus.Error:
                malformation = $"Malformed JSON after \"{Excerpt()}\": {scanner.Error}.";
                return TryCloseInsideString(output) || EnterMalformed();
            case var _ when count - bodyStart >= options.MaxCallLength:
                malformation = "The JSON of the call does not end.";
                return TryCloseInsideString(output) || AbandonOverlong(output);
            case var _ when isCompleted:
                malformation = "The call was cut off before its JSON ended. Write it again, shorter if it is long.";
                return TryCloseInsideString(output) || FinishInvalid(count, count, output);
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
        if (scanner.OpenString is not { } openString)
        {
            return false;
        }

        var inString = buffer.AsSpan(bodyStart + openString, scanner.Position - openString);
        Work += inString.Length;
        var close = inString.IndexOf(ToolCallTags.Close);
        if (close < 0)
        {
            return false;
        }

        close += bodyStart + openString;
        malformation = $"Malformed JSON: a string is not closed before {ToolCallTags.Close}.";
        return FinishInvalid(close, close + ToolCallTags.Close.Length, output);
    }

    private bool ReadTail(List<ToolCallParserEvent> output)
    {
        if (!SkipBlanks(withLineEnds: true))
        {
            return isCompleted && FinishCall(count, output);
        }

        return MatchAt(scan, ToolCallTags.Close) switch
        {
            Match.Full => FinishCall(scan + ToolCallTags.Close.Length, output),
            Match.Partial => false,
            _ => Enter(State.Junk),
        };
    }

    private bool ReadJunk(List<ToolCallParserEvent> output)
    {
        var limit = bodyEnd + options.MaxCallLength;
        while (FindTagStart(limit))
        {
            var close = MatchAt(scan, ToolCallTags.Close);
            var open = MatchAt(scan, ToolCallTags.Open);
            if (close == Match.Full)
            {
                malformation = "Malformed JSON: something follows the JSON object before " + ToolCallTags.Close + ".";
                return FinishInvalid(scan, scan + ToolCallTags.Close.Length, output);
            }

            if (open == Match.Full)
            {
                return FinishCall(bodyEnd, output);
            }

            if (close == Match.Partial || open == Match.Partial)
            {
                return false;
            }

            scan++;
        }

        // No tag closes the call, so what follows its object never was part of it.
        return (isCompleted || count >= limit) && FinishCall(bodyEnd, output);
    }

    private bool ReadMalformed(List<ToolCallParserEvent> output)
    {
        var limit = bodyStart + options.MaxCallLength;
        while (FindTagStart(limit))
        {
            switch (MatchAt(scan, ToolCallTags.Close))
            {
                case Match.Full:
                    return FinishInvalid(scan, scan + ToolCallTags.Close.Length, output);
                case Match.Partial:
                    return false;
                default:
                    scan++;
                    break;
            }
        }

        if (count >= limit)
        {
            return AbandonOverlong(output);
        }

        return isCompleted && FinishInvalid(count, count, output);
    }

    private bool AbandonOverlong(List<ToolCallParserEvent> output)
    {
        var end = bodyStart + options.MaxCallLength;
        malformation += $" It is longer than {options.MaxCallLength} characters; write a shorter one.";

        // The closing tag may lie across the limit.
        var resume = Math.Max(bodyStart, end - ToolCallTags.Close.Length + 1);
        FinishInvalid(char.IsHighSurrogate(buffer[end - 1]) ? end - 1 : end, resume, output);
        return Enter(State.Overlong);
    }

    private bool ReadOverlong()
    {
        while (FindTagStart(count))
        {
            switch (MatchAt(scan, ToolCallTags.Close))
            {
                case Match.Full:
                    scan += ToolCallTags.Close.Length;
                    head = scan;
                    return Enter(State.Lead);
                case Match.Partial:
                    head = scan;
                    return false;
                default:
                    scan++;
                    break;
            }
        }

        head = count;
        return false;
    }

    private bool ReadFenceOpening()
    {
        switch (MatchAt(scan, Fence))
        {
            case Match.Partial:
                return false;
            case Match.None:
                return Enter(State.Prose);
            default:
                break;
        }

        var language = buffer.AsSpan((scan + Fence.Length)..count);
        language = language[..Math.Min(language.Length, FenceLanguage.Length + 1)];
        var end = language.IndexOfAnyExcept(Letters);
        if (end < 0 && language.Length <= FenceLanguage.Length && !isCompleted)
        {
            return false;
        }

        language = end < 0 ? language : language[..end];
        if (!language.IsEmpty && !language.Equals(FenceLanguage, StringComparison.OrdinalIgnoreCase))
        {
            return Enter(State.Prose);
        }

        scan += Fence.Length + language.Length;
        return Enter(State.FenceLead);
    }

    private bool ReadFenceLead()
    {
        if (!SkipBlanks(withLineEnds: true))
        {
            return isCompleted && RejectBare();
        }

        return buffer[scan] == '{' ? EnterBareBody(fenced: true) : RejectBare();
    }

    private bool ReadBareBody()
    {
        while (true)
        {
            switch (ScanObject(stopAtKeys: true))
            {
                case JsonScanStatus.Key when !IsCallKey(StringAt(scanner.LastString)):
                case JsonScanStatus.Name when !MayBeToolName(StringAt(scanner.LastString)):
                case JsonScanStatus.Error:
                    return RejectBare();
                case JsonScanStatus.Key or JsonScanStatus.Name:
                    break;
                case JsonScanStatus.Complete:
                    return EndBareBody();
                default:
                    return (isCompleted || count - bodyStart >= options.MaxCallLength) && RejectBare();
            }
        }
    }

    private bool EndBareBody()
    {
        bareEnd = bodyStart + scanner.Position;
        scan = bareEnd;
        bareCall = hasArguments
            && ToolCallReader.Read(new string(buffer, bodyStart, scanner.Position)) is ToolCallParserEvent.ToolCall call
            && toolNames.Contains(call.Name)
            ? call
            : null;
        if (bareCall is null)
        {
            return RejectBare();
        }

        return Enter(isFenced ? State.FenceTail : State.BareTail);
    }

    private bool ReadFenceTail(List<ToolCallParserEvent> output)
    {
        if (!SkipBlanks(withLineEnds: true))
        {
            return isCompleted && AcceptBare(count, output);
        }

        switch (MatchAt(scan, Fence))
        {
            case Match.Full:
                scan += Fence.Length;
                bareEnd = scan;
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
            return isCompleted && AcceptBare(count, output);
        }

        return buffer[scan] switch
        {
            '\r' or '\n' or '{' => AcceptBare(bareEnd, output),
            '<' => MatchAt(scan, ToolCallTags.Close) switch
            {
                // A model that forgot the opening tag still writes the closing one.
                Match.Full => AcceptBare(scan + ToolCallTags.Close.Length, output),
                Match.Partial => false,
                _ => AcceptBare(bareEnd, output),
            },
            _ => RejectBare(),
        };
    }

    private bool Enter(State next)
    {
        state = next;
        return true;
    }

    private bool EnterOpenTag(int at)
    {
        tagStart = at;
        scan = at + ToolCallTags.Open.Length;
        return Enter(State.OpenTag);
    }

    private bool EnterMalformed()
    {
        scan = bodyStart + scanner.Position;
        return Enter(State.Malformed);
    }

    private bool EnterBareBody(bool fenced)
    {
        isFenced = fenced;
        hasArguments = false;
        bodyStart = scan;
        scanner.Reset();
        return Enter(State.BareBody);
    }

    private bool RejectBare()
    {
        bareCall = null;
        scan = head;
        return Enter(State.Prose);
    }

    private bool AcceptBare(int end, List<ToolCallParserEvent> output)
    {
        Deliver(bareCall!, output);
        bareCall = null;
        return EnterAfterCall(end);
    }

    private bool FinishCall(int end, List<ToolCallParserEvent> output)
    {
        // What is beyond the cap is not worth reading.
        if (calls <= options.MaxCalls)
        {
            Deliver(ToolCallReader.Read(new string(buffer, bodyStart, bodyEnd - bodyStart)), output);
        }

        return EnterAfterCall(end);
    }

    private bool FinishInvalid(int bodyLimit, int end, List<ToolCallParserEvent> output)
    {
        var raw = buffer.AsSpan(bodyStart..bodyLimit).TrimEnd();
        Deliver(new ToolCallParserEvent.InvalidToolCall(raw.ToString(), ReadName(), malformation!), output);
        return EnterAfterCall(end);
    }

    private bool EnterAfterCall(int end)
    {
        head = end;
        scan = end;
        isAfterCall = true;
        return Enter(State.Lead);
    }

    private void Deliver(ToolCallParserEvent call, List<ToolCallParserEvent> output)
    {
        if (calls < options.MaxCalls)
        {
            output.Add(call);
        }
        else if (calls == options.MaxCalls)
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
                $"Too many calls in one turn: this call and those after it were not made. At most {options.MaxCalls} are allowed; make the rest in the next turn."));
        }

        calls += calls <= options.MaxCalls ? 1 : 0;
    }

    private void EmitText(int end, List<ToolCallParserEvent> output)
    {
        if (end > head)
        {
            output.Add(new ToolCallParserEvent.Text(new string(buffer, head, end - head)));
            head = end;
        }
    }

    private int BeforeTemplateLineFeed(int tag) => tag > head && buffer[tag - 1] == '\n' ? tag - 1 : tag;

    /// <summary>Reads on in the object at <see cref="bodyStart"/>, within its length limit.</summary>
    private JsonScanStatus ScanObject(bool stopAtKeys = false)
    {
        var text = buffer.AsSpan(bodyStart, Math.Min(count - bodyStart, options.MaxCallLength));
        var before = scanner.Position;
        JsonScanStatus status;
        do
        {
            status = scanner.Scan(text);
        }
        while (!stopAtKeys && status is JsonScanStatus.Key or JsonScanStatus.Name);

        Work += scanner.Position - before;
        return status;
    }

    private ReadOnlySpan<char> StringAt(Range range) => buffer.AsSpan(bodyStart, scanner.Position)[range];

    private bool IsCallKey(ReadOnlySpan<char> key)
    {
        if (key is "arguments" or "parameters")
        {
            hasArguments = true;
            return true;
        }

        return key is "name" or "type" or "id";
    }

    private bool MayBeToolName(ReadOnlySpan<char> name) =>
        name.Contains('\\') || toolNames.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);

    private string? ReadName() =>
        scanner.Name is { } range && ModelJson.TryParse($"\"{StringAt(range)}\"", out var name) ? name.GetString() : null;

    private string Excerpt()
    {
        const int Length = 40;
        var read = buffer.AsSpan(bodyStart, scanner.Position);
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
        limit = Math.Min(limit, count);
        var rest = buffer.AsSpan(scan..limit);
        var next = rest.IndexOf('<');
        Work += next < 0 ? rest.Length : next + 1;
        scan = next < 0 ? limit : scan + next;
        return next >= 0;
    }

    /// <summary>Moves over blanks; false when the text ends with them.</summary>
    private bool SkipBlanks(bool withLineEnds)
    {
        var rest = buffer.AsSpan(scan..count);
        var next = rest.IndexOfAnyExcept(withLineEnds ? " \t\r\n" : " \t");
        Work += next < 0 ? rest.Length : next + 1;
        scan = next < 0 ? count : scan + next;
        return next >= 0;
    }

    private Match MatchAt(int at, string literal)
    {
        var found = buffer.AsSpan(at, Math.Min(literal.Length, count - at));
        Work++;
        if (!literal.AsSpan().StartsWith(found))
        {
            return Match.None;
        }

        if (found.Length == literal.Length)
        {
            return Match.Full;
        }

        return isCompleted ? Match.None : Match.Partial;
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (count + text.Length > buffer.Length)
        {
            Array.Resize(ref buffer, checked((int)Math.Min(Array.MaxLength, Math.Max(buffer.Length * 2L, (long)count + text.Length))));
        }

        text.CopyTo(buffer.AsSpan(count));
        count += text.Length;
    }

    /// <summary>Moves what is held to the front once it is the smaller part, so that moving costs no more than reading did.</summary>
    private void Compact()
    {
        if (head <= count - head)
        {
            return;
        }

        buffer.AsSpan(head..count).CopyTo(buffer);
        count -= head;
        scan -= head;
        tagStart -= head;
        bodyStart -= head;
        bodyEnd -= head;
        bareEnd -= head;
        head = 0;
    }
}
