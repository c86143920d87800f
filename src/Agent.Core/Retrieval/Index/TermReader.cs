namespace Agent.Core.Retrieval.Index;

/// <summary>Reads the entries of a dictionary in order, from the beginning of a block on.</summary>
internal ref struct TermReader
{
    private readonly int _count;
    private readonly Span<char> _text;
    private ByteReader _reader;
    private int _ordinal;
    private int _length;
    private int _offset;

    /// <summary>Begins before the first term of a block.</summary>
    public TermReader(TermDictionary dictionary, int block, Span<char> text)
    {
        _count = dictionary.Count;
        _text = text;
        _ordinal = block * TermDictionary.BlockTerms;
        Start = _count == 0 ? 0 : dictionary.BlockOffset(block);
        if ((uint)Start > (uint)dictionary.Entries.Length)
        {
            throw new IndexFormatException("a block of the dictionary lies outside it");
        }

        _reader = new ByteReader(dictionary.Entries[Start..]);
    }

    private int Start { get; }

    /// <summary>The current term; good until the next one is read.</summary>
    public readonly ReadOnlySpan<char> Term => _text[.._length];

    public TermEntry Entry { get; private set; }

    /// <summary>Where the next entry begins in the dictionary.</summary>
    public readonly int Position => Start + _reader.Position;

    public readonly int Remaining => _reader.Remaining;

    /// <summary>Goes to the next term; false after the last.</summary>
    /// <exception cref="IndexFormatException">The dictionary is damaged.</exception>
    public bool MoveNext()
    {
        if (_ordinal == _count)
        {
            return false;
        }

        var prefix = 0;
        if (_ordinal % TermDictionary.BlockTerms == 0)
        {
            _offset = _reader.ReadNumber();
        }
        else
        {
            prefix = _reader.ReadNumber();
        }

        var suffix = _reader.ReadNumber();
        if (prefix > _length || suffix == 0 || suffix > _text.Length - prefix)
        {
            throw new IndexFormatException("a term of the dictionary has an impossible length");
        }

        for (var i = 0; i < suffix; i++)
        {
            var unit = _reader.ReadNumber();
            _text[prefix + i] = unit <= char.MaxValue ? (char)unit : throw new IndexFormatException("a term has a character beyond UTF-16");
        }

        _length = prefix + suffix;
        var (frequency, length) = (_reader.ReadNumber(), _reader.ReadNumber());
        Entry = new TermEntry(_ordinal++, frequency, _offset, length);
        if (length > int.MaxValue - _offset)
        {
            throw new IndexFormatException("the postings of a term lie outside their section");
        }

        _offset += length;
        return true;
    }
}
