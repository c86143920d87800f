namespace Agent.Core.Chat.ToolCalls;

/// <summary>
/// What is held of a turn's text: the part that is not decided yet, as it grows at its end and is given up from its start.
/// </summary>
/// <remarks>
/// Positions count characters from the start of what is held, so <see cref="Compact"/> moves them. Not thread-safe.
/// </remarks>
/// <param name="tagsAreTokens">Whether only those tags count that <see cref="MarkTag"/> named.</param>
internal sealed class TurnText(bool tagsAreTokens)
{
    /// <summary>Where the tags begin that are tokens, in characters of the turn, ascending.</summary>
    private readonly List<long> _tags = [];

    private char[] _buffer = new char[256];

    /// <summary>Characters of the turn before those in the buffer.</summary>
    private long _origin;

    /// <summary>Characters held.</summary>
    public int Count { get; private set; }

    /// <summary>Everything before it has been emitted or dropped.</summary>
    public int Head { get; set; }

    /// <summary>The next character to look at.</summary>
    public int Scan { get; set; }

    /// <summary>Whether the turn has ended, so that nothing is appended any more.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>Characters looked at so far: the measure of the work done, for tests of its growth.</summary>
    public long Work { get; private set; }

    public char this[int at] => _buffer[at];

    public ReadOnlySpan<char> Slice(int start, int length) => _buffer.AsSpan(start, length);

    /// <summary>Notes where a tag begins that is a token, before its text comes.</summary>
    /// <param name="position">Characters of the turn before the tag; more than at the last call.</param>
    public void MarkTag(long position)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(position, _tags is [.., var last] ? last : -1, nameof(position));
        _tags.Add(position);
    }

    public void Append(ReadOnlySpan<char> text)
    {
        if (Count + text.Length > _buffer.Length)
        {
            Array.Resize(ref _buffer, checked((int)Math.Min(Array.MaxLength, Math.Max(_buffer.Length * 2L, (long)Count + text.Length))));
        }

        text.CopyTo(_buffer.AsSpan(Count));
        Count += text.Length;
    }

    public void Complete() => IsCompleted = true;

    /// <summary>Moves what is held to the front once it is the smaller part, so that moving costs no more than reading did.</summary>
    /// <returns>How much smaller every position is now.</returns>
    public int Compact()
    {
        var moved = Head;
        if (moved <= Count - moved)
        {
            return 0;
        }

        _buffer.AsSpan(moved..Count).CopyTo(_buffer);
        Count -= moved;
        Scan -= moved;
        Head = 0;
        _origin += moved;
        if (_tags.Count > 0)
        {
            _tags.RemoveAll(tag => tag < _origin);
        }

        return moved;
    }

    /// <summary>Moves to the next character that may begin a tag; false when there is none before the limit.</summary>
    public bool FindTagStart(int limit)
    {
        limit = Math.Min(limit, Count);
        var rest = _buffer.AsSpan(Scan..limit);
        var next = rest.IndexOf('<');
        Work += next < 0 ? rest.Length : next + 1;
        Scan = next < 0 ? limit : Scan + next;
        return next >= 0;
    }

    /// <summary>Moves over blanks; false when the text ends with them.</summary>
    public bool SkipBlanks(bool withLineEnds)
    {
        var rest = _buffer.AsSpan(Scan..Count);
        var next = rest.IndexOfAnyExcept(withLineEnds ? " \t\r\n" : " \t");
        Work += next < 0 ? rest.Length : next + 1;
        Scan = next < 0 ? Count : Scan + next;
        return next >= 0;
    }

    /// <summary>Where a tag begins that stands whole in a part of the text; null where none does.</summary>
    public int? FindTag(string tag, int from, int to)
    {
        Work += to - from;
        while (_buffer.AsSpan(from..to).IndexOf(tag) is >= 0 and var next)
        {
            if (IsTag(from + next))
            {
                return from + next;
            }

            from += next + 1;
        }

        return null;
    }

    /// <summary>Whether a tag stands at a position, and not merely its letters.</summary>
    public LiteralMatch MatchTag(int at, string tag) => IsTag(at) ? Match(at, tag) : LiteralMatch.None;

    public LiteralMatch Match(int at, string literal)
    {
        var found = _buffer.AsSpan(at, Math.Min(literal.Length, Count - at));
        Work++;
        if (!literal.AsSpan().StartsWith(found))
        {
            return LiteralMatch.None;
        }

        if (found.Length == literal.Length)
        {
            return LiteralMatch.Full;
        }

        return IsCompleted ? LiteralMatch.None : LiteralMatch.Partial;
    }

    private bool IsTag(int at) => !tagsAreTokens || _tags.BinarySearch(_origin + at) >= 0;
}
