namespace Agent.Core.Retrieval.Documents;

/// <summary>
/// Where the brackets of a text close, nested ones of the same kind inside them. Asked for one bracket after the other, it reads every character
/// once, however many brackets never close. For one thread and one text.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="open">The bracket that opens.</param>
/// <param name="close">The one that closes.</param>
/// <param name="longest">So many characters behind the opening bracket, none is looked for.</param>
/// <param name="kind">What else counts.</param>
internal sealed class BracketPairs(string text, char open, char close, int longest, BracketKind kind)
{
    // Where the bracket of a place closes; places share an entry that lie further apart than anything that is asked for.
    private readonly int[] _closed = new int[Math.Min(text.Length, 2 * (longest + 2))];

    // The innermost brackets that are open. Those around so many are too long already.
    private readonly int[] _open = new int[Math.Min(text.Length, longest)];
    private long _depth;
    private int _known;
    private int _read;

    /// <summary>The closing bracket of an opening one.</summary>
    /// <param name="at">The place of an opening bracket: no further before the last one that was asked for than the longest distance.</param>
    /// <returns>0 where there is none within the longest distance.</returns>
    public int EndOf(int at)
    {
        var end = Math.Min(text.Length, at + longest);
        while (_read < end)
        {
            Read();
        }

        return _closed[at % _closed.Length] is var closed && closed > at && closed < end ? closed : 0;
    }

    private void Read()
    {
        var character = text[_read];
        if (character == open)
        {
            _closed[_read % _closed.Length] = 0;
            _open[_depth++ % _open.Length] = _read;
            _known = Math.Min(_known + 1, _open.Length);
        }
        else if (character == close)
        {
            Close();
        }
        else if (character == '\n' && kind == BracketKind.OneLine)
        {
            (_depth, _known) = (0, 0);
        }
        else if (character == '\\' && kind == BracketKind.Escapes)
        {
            _read++;
        }

        _read++;
    }

    private void Close()
    {
        if (_depth == 0)
        {
            return;
        }

        _depth--;
        if (_known == 0)
        {
            return;
        }

        _known--;
        var opened = _open[_depth % _open.Length];
        if (_read - opened <= longest)
        {
            _closed[opened % _closed.Length] = _read;
        }
    }
}
