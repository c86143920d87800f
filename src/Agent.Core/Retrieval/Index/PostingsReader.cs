namespace Agent.Core.Retrieval.Index;

/// <summary>Walks over the blocks of a term's postings, by their directory alone.</summary>
internal ref struct PostingsReader
{
    private readonly int _frequency;
    private readonly int _end;
    private readonly Span<Impact> _impacts;
    private ByteReader _directory;
    private int _read;
    private int _next;

    /// <summary>Begins before the first block.</summary>
    /// <param name="postings">All the postings of the term.</param>
    /// <param name="frequency">How many there are.</param>
    /// <param name="impacts">Room for <see cref="ImpactFrontier.MaxImpacts"/>.</param>
    public PostingsReader(ReadOnlySpan<byte> postings, int frequency, Span<Impact> impacts)
    {
        _frequency = frequency;
        _end = postings.Length;
        _impacts = impacts;
        Current = new PostingsBlock(-1, -1, 0, 0, 0, 0);
        if (frequency >= BitPacking.BlockSize)
        {
            var head = new ByteReader(postings);
            var length = head.ReadNumber();
            if (length > head.Remaining)
            {
                throw new IndexFormatException("the block directory of a term is longer than its postings");
            }

            _directory = new ByteReader(postings.Slice(head.Position, length));
            _next = head.Position + length;
        }
    }

    /// <summary>Blocks of a term.</summary>
    public static int BlockCount(int frequency) => (int)(((long)frequency + BitPacking.BlockSize - 1) / BitPacking.BlockSize);

    public PostingsBlock Current { get; private set; }

    /// <summary>The frontier of the current block; empty where a term has fewer than 128 postings, which are soon decoded.</summary>
    public ReadOnlySpan<Impact> Impacts { get; private set; }

    /// <summary>Goes to the next block; false after the last.</summary>
    /// <exception cref="IndexFormatException">The directory is damaged.</exception>
    public bool MoveNext()
    {
        if (_read == _frequency)
        {
            return false;
        }

        var before = Current.Last;
        var size = Math.Min(_frequency - _read, BitPacking.BlockSize);
        _read += size;
        if (_frequency < BitPacking.BlockSize)
        {
            // Nothing is past it, so any upper limit serves as its last ordinal.
            Current = new PostingsBlock(before, int.MaxValue, size, 0, PostingsBlock.VariableBytes, 0);
            return true;
        }

        var last = (long)before + _directory.ReadNumber() + size;
        if (last >= int.MaxValue)
        {
            throw new IndexFormatException("a block ends at a document beyond 2^31");
        }

        var (gapBits, countBits, length) = (PostingsBlock.VariableBytes, (byte)0, 0);
        if (size == BitPacking.BlockSize)
        {
            (gapBits, countBits) = (_directory.ReadByte(), _directory.ReadByte());
            if (gapBits > 31 || countBits > 31)
            {
                throw new IndexFormatException("a block is packed with more than 31 bits");
            }

            length = BitPacking.PackedBytes(gapBits) + BitPacking.PackedBytes(countBits);
        }
        else
        {
            length = _end - _next;
        }

        if (length > _end - _next)
        {
            throw new IndexFormatException("a block lies outside the postings of its term");
        }

        ReadImpacts();
        Current = new PostingsBlock(before, (int)last, size, _next, gapBits, countBits);
        _next += length;
        return true;
    }

    private void ReadImpacts()
    {
        var many = _directory.ReadNumber();
        if (many is 0 or > ImpactFrontier.MaxImpacts)
        {
            throw new IndexFormatException("a block has no maxima, or too many");
        }

        for (var i = 0; i < many; i++)
        {
            _impacts[i] = new Impact(_directory.ReadNumber(), _directory.ReadNumber());
        }

        Impacts = _impacts[..many];
    }
}
