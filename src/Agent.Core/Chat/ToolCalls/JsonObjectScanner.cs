using System.Buffers;

namespace Agent.Core.Chat.ToolCalls;

/// <summary>
/// Finds the end of a JSON object that arrives in pieces, looking at each character once, and reads its outermost keys
/// on the way. It rejects text as soon as no JSON can start so; what it lets pass (numbers and literals) the parser that
/// gets the complete object rejects.
/// </summary>
internal sealed class JsonObjectScanner(int maxNesting)
{
    /// <summary>Most levels that a scanner can track.</summary>
    public const int NestingLimit = 64;

    private static readonly SearchValues<char> StringStops = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\']);

    private Expectation _expected;
    private int _depth;

    /// <summary>One bit a level, the innermost lowest: set for an object, clear for an array.</summary>
    private ulong _objects;

    private int _stringStart;
    private bool _isKey;
    private bool _isNameNext;
    private int _hexDigitsLeft;

    private enum Expectation
    {
        Value,
        ValueOrEnd,
        Key,
        KeyOrEnd,
        Colon,
        CommaOrEnd,
        Scalar,
        String,
        Escape,
        Unicode,
    }

    /// <summary>Characters read, counted from the opening brace.</summary>
    public int Position { get; private set; }

    /// <summary>What is wrong, once the status is <see cref="JsonScanStatus.Error"/>.</summary>
    public string? Error { get; private set; }

    /// <summary>Start of the string that is being read (its quote); null outside strings.</summary>
    public int? OpenString => _expected is Expectation.String or Expectation.Escape or Expectation.Unicode ? _stringStart : null;

    /// <summary>The last string read, without its quotes, escapes undecoded.</summary>
    public Range LastString { get; private set; }

    /// <summary>The value of the outermost <c>name</c>, as <see cref="LastString"/>; null until it has been read.</summary>
    public Range? Name { get; private set; }

    public void Reset()
    {
        _expected = Expectation.Value;
        _depth = 0;
        _objects = 0;
        Position = 0;
        Error = null;
        Name = null;
        _isNameNext = false;
    }

    /// <summary>Reads on.</summary>
    /// <param name="text">The text from the opening brace; what earlier calls read must be the same.</param>
    public JsonScanStatus Scan(ReadOnlySpan<char> text)
    {
        while (Error is null && Position < text.Length)
        {
            var status = _expected switch
            {
                Expectation.String => ReadString(text),
                Expectation.Escape => ReadEscape(text[Position]),
                Expectation.Unicode => ReadHexDigit(text[Position]),
                Expectation.Scalar => ReadScalar(text[Position]),
                _ => ReadStructure(text[Position]),
            };
            if (status != JsonScanStatus.NeedsMore)
            {
                return status;
            }
        }

        return Error is null ? JsonScanStatus.NeedsMore : JsonScanStatus.Error;
    }

    private JsonScanStatus ReadString(ReadOnlySpan<char> text)
    {
        var stop = text[Position..].IndexOfAny(StringStops);
        if (stop < 0)
        {
            Position = text.Length;
            return JsonScanStatus.NeedsMore;
        }

        Position += stop;
        switch (text[Position])
        {
            case '"':
                LastString = (_stringStart + 1)..Position;
                Position++;
                return EndString(text);
            case '\\':
                Position++;
                _expected = Expectation.Escape;
                return JsonScanStatus.NeedsMore;
            default:
                return Fail("a string holds a raw line break or control character; escape it, as in \\n");
        }
    }

    private JsonScanStatus EndString(ReadOnlySpan<char> text)
    {
        if (_isKey)
        {
            _expected = Expectation.Colon;
            _isNameNext = _depth == 1 && text[LastString].SequenceEqual("name");
            return _depth == 1 ? JsonScanStatus.Key : JsonScanStatus.NeedsMore;
        }

        _expected = Expectation.CommaOrEnd;
        if (_depth != 1 || !_isNameNext)
        {
            return JsonScanStatus.NeedsMore;
        }

        Name = LastString;
        return JsonScanStatus.Name;
    }

    private JsonScanStatus ReadEscape(char c)
    {
        if (!"\"\\/bfnrtu".Contains(c, StringComparison.Ordinal))
        {
            return Fail("a string holds an invalid escape; write a backslash as \\\\");
        }

        _hexDigitsLeft = 4;
        _expected = c == 'u' ? Expectation.Unicode : Expectation.String;
        Position++;
        return JsonScanStatus.NeedsMore;
    }

    private JsonScanStatus ReadHexDigit(char c)
    {
        if (!char.IsAsciiHexDigit(c))
        {
            return Fail("\\u in a string needs four hexadecimal digits");
        }

        Position++;
        _expected = --_hexDigitsLeft == 0 ? Expectation.String : Expectation.Unicode;
        return JsonScanStatus.NeedsMore;
    }

    private JsonScanStatus ReadScalar(char c)
    {
        if (char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.')
        {
            Position++;
        }
        else
        {
            _expected = Expectation.CommaOrEnd;
        }

        return JsonScanStatus.NeedsMore;
    }

    private JsonScanStatus ReadStructure(char c)
    {
        if (c is ' ' or '\t' or '\r' or '\n')
        {
            Position++;
            return JsonScanStatus.NeedsMore;
        }

        switch (_expected)
        {
            case Expectation.Key or Expectation.KeyOrEnd when c == '"':
                return StartString(key: true);
            case Expectation.KeyOrEnd when c == '}':
            case Expectation.ValueOrEnd when c == ']':
                return CloseLevel();
            case Expectation.Key or Expectation.KeyOrEnd:
                return Fail("expected a property name in double quotes");
            case Expectation.Colon when c == ':':
                Position++;
                _expected = Expectation.Value;
                return JsonScanStatus.NeedsMore;
            case Expectation.Colon:
                return Fail("expected ':' after the property name");
            case Expectation.CommaOrEnd:
                return ReadCommaOrEnd(c);
            default:
                return StartValue(c);
        }
    }

    private JsonScanStatus ReadCommaOrEnd(char c)
    {
        var inObject = (_objects & 1) != 0;
        if (c == (inObject ? '}' : ']'))
        {
            return CloseLevel();
        }

        if (c != ',')
        {
            return Fail(inObject ? "expected ',' or '}'" : "expected ',' or ']'");
        }

        Position++;
        _expected = inObject ? Expectation.Key : Expectation.Value;
        return JsonScanStatus.NeedsMore;
    }

    private JsonScanStatus StartValue(char c)
    {
        switch (c)
        {
            case '"':
                return StartString(key: false);
            case '{' or '[':
                if (_depth == maxNesting)
                {
                    return Fail($"it nests deeper than {maxNesting} levels");
                }

                Position++;
                _depth++;
                _objects = (_objects << 1) | (c == '{' ? 1UL : 0UL);
                _expected = c == '{' ? Expectation.KeyOrEnd : Expectation.ValueOrEnd;
                return JsonScanStatus.NeedsMore;
            case '-' or 't' or 'f' or 'n' or (>= '0' and <= '9'):
                _expected = Expectation.Scalar;
                return JsonScanStatus.NeedsMore;
            case '\'':
                return Fail("strings need double quotes");
            default:
                return Fail("expected a value (a string in double quotes, a number, true, false, null, an object or an array)");
        }
    }

    private JsonScanStatus StartString(bool key)
    {
        _isKey = key;
        _stringStart = Position++;
        _expected = Expectation.String;
        return JsonScanStatus.NeedsMore;
    }

    private JsonScanStatus CloseLevel()
    {
        Position++;
        _depth--;
        _objects >>= 1;
        _expected = Expectation.CommaOrEnd;
        return _depth == 0 ? JsonScanStatus.Complete : JsonScanStatus.NeedsMore;
    }

    private JsonScanStatus Fail(string reason)
    {
        Error = reason;
        return JsonScanStatus.Error;
    }
}
