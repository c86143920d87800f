using Agent.Core.Retrieval.Text.Folding;

namespace Agent.Core.Retrieval.Text.Terms;

/// <summary>
/// A stretch of letters and digits with what may hold them together ("node.js", "user_id", "getUserName", "1,234.5", "C++"): its parts are terms,
/// and so is the whole, written together, so that "e-mail" and "email" or "user_id" and "userId" meet.
/// </summary>
internal ref struct CompoundWord(Span<char> part, Span<char> whole)
{
    // Random letters have a border at every other place; nobody looks for those parts.
    private const int MaxInnerParts = 8;

    private TermBuffer _part = new(part);
    private TermBuffer _whole = new(whole);
    private LetterKind _kind;
    private int _capitals;
    private int _lastStart;
    private int _innerParts;
    private int _at;
    private bool _compound;
    private bool _dotted;
    private bool _longSection;

    public readonly bool IsEmpty => _part.Length == 0;

    /// <summary>Adds a letter or a digit.</summary>
    /// <param name="folded">One character, a pair of surrogates at most.</param>
    /// <param name="kind">What it is in the text as it stands.</param>
    /// <param name="beforeLower">Whether a small letter comes next.</param>
    /// <param name="sink">Receives the parts that end.</param>
    public void Add(scoped ReadOnlySpan<char> folded, LetterKind kind, bool beforeLower, ref TermSink sink)
    {
        if (_kind != LetterKind.None && _kind != kind)
        {
            if (_kind == LetterKind.Digit || kind != LetterKind.Lower)
            {
                EndInnerPart(_part.Length, ref sink);
            }
            else if (_capitals > 1 && beforeLower)
            {
                // "HTTPServer": the last capital begins the next word. "PDFs" is one.
                EndInnerPart(_lastStart, ref sink);
            }
        }

        _capitals = kind != LetterKind.Upper ? 0 : _kind == LetterKind.Upper ? _capitals + 1 : 1;
        _kind = kind;
        _lastStart = _part.Length;
        _longSection |= _part.Length > 0;
        _part.Append(folded);
        _whole.Append(folded);
    }

    /// <summary>Adds a further letter of what one character became by folding: no border is between them ("Ærø").</summary>
    public void Continue(scoped ReadOnlySpan<char> folded)
    {
        _longSection = true;
        _part.Append(folded);
        _whole.Append(folded);
    }

    /// <summary>A mark that opens a word: the dot of ".NET".</summary>
    public void Open(char mark)
    {
        _compound = _dotted = _longSection = true;
        _whole.Append(mark);
    }

    /// <summary>Takes what stands between two characters where it holds them together; else ends the word.</summary>
    public void Separate(char mark, in FoldedReader reader, ref TermSink sink)
    {
        if (IsEmpty || !TryJoin(mark, in reader, ref sink))
        {
            End(ref sink);
        }
    }

    /// <summary>Ends the word; without one, nothing happens.</summary>
    public void End(ref TermSink sink)
    {
        if (IsEmpty && _whole.Length == 0)
        {
            return;
        }

        EndPart(ref sink);
        if (_compound)
        {
            EndWhole(ref sink);
        }

        _part.Clear();
        _whole.Clear();
        _kind = LetterKind.None;
        _capitals = _lastStart = _innerParts = _at = 0;
        _compound = _dotted = _longSection = false;
    }

    private bool TryJoin(char mark, in FoldedReader reader, ref TermSink sink)
    {
        var next = reader.Peek();
        var nextClass = CharacterClasses.Of(next);
        var digits = _kind == LetterKind.Digit && nextClass == CharacterClass.Digit;
        var letters = _kind is LetterKind.Lower or LetterKind.Upper && nextClass == CharacterClass.Letter;
        var words = nextClass is CharacterClass.Letter or CharacterClass.Digit;
        switch (mark)
        {
            case '\'' when letters:
                _part.Append(mark);
                _kind = LetterKind.None;
                return true;
            case '.' or ':' when digits:
                _part.Append(mark);
                _whole.Append(mark);
                return true;
            case ',' when digits && reader.Raw == ',' && IsThousands(in reader):
                return true;
            case '.' when words && _whole.Text is "www":
                _part.Clear();
                _whole.Clear();
                _kind = LetterKind.None;
                return true;
            case '.' when words:
                _dotted = true;
                EndSection(ref sink);
                _whole.Append(mark);
                return true;
            case '-' or '_' when words:
                EndSection(ref sink);
                return true;
            case '@' when words:
                EndSection(ref sink);
                _whole.Append(mark);
                _at = _at == 0 ? _whole.Length : _at;
                return true;
            case '&' when letters && _kind == LetterKind.Upper && char.IsUpper(reader.PeekRaw()):
                _dotted = _longSection = true;
                EndSection(ref sink);
                _whole.Append(mark);
                return true;
            case '+' when _kind != LetterKind.Digit && next == '+':
                _compound = _dotted = _longSection = true;
                _whole.Append("++");
                return false;
            case '#' when _kind != LetterKind.Digit && _part.Length <= 2:
                _compound = _dotted = _longSection = true;
                _whole.Append(mark);
                return false;
            default:
                return false;
        }
    }

    // "1,234" is a number, "1,2" and "1,2345" are lists.
    private static bool IsThousands(in FoldedReader reader) =>
        char.IsAsciiDigit(reader.Peek(1)) && char.IsAsciiDigit(reader.Peek(2)) && !char.IsAsciiDigit(reader.Peek(3));

    private void EndInnerPart(int length, ref TermSink sink)
    {
        _compound = true;
        if (++_innerParts <= MaxInnerParts && length > 1)
        {
            sink.Word(_part.Text[..length]);
        }

        _part.Keep(length);
    }

    private void EndSection(ref TermSink sink)
    {
        EndPart(ref sink);
        _compound = true;
        _part.Clear();
        _kind = LetterKind.None;
        _capitals = _innerParts = 0;
    }

    // A single letter that a dot or an inner border cut off says nothing alone.
    private readonly void EndPart(ref TermSink sink)
    {
        if (_part.Length > 1 ? _innerParts <= MaxInnerParts : _innerParts == 0 && !_dotted)
        {
            sink.Word(_part.Text);
        }
    }

    private readonly void EndWhole(ref TermSink sink)
    {
        var text = _whole.Text;
        if (_dotted && !_longSection && _at == 0)
        {
            Acronym(text, ref sink);
            return;
        }

        sink.Whole(text);
        if (_at > 0 && _at < text.Length)
        {
            Domain(text[_at..], ref sink);
            Domain(text[..(_at - 1)], ref sink);
        }
    }

    private static void Domain(scoped ReadOnlySpan<char> text, ref TermSink sink)
    {
        if (text.Contains('.'))
        {
            sink.Exact(text);
        }
    }

    // "U.S.A." is "USA".
    private static void Acronym(scoped ReadOnlySpan<char> text, ref TermSink sink)
    {
        Span<char> letters = stackalloc char[text.Length];
        var length = 0;
        foreach (var character in text)
        {
            if (character != '.')
            {
                letters[length++] = character;
            }
        }

        sink.Whole(letters[..length]);
    }
}
