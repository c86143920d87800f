namespace Agent.Core.Retrieval.Index;

/// <summary>Reads variable-byte numbers: seven bits a byte, the lowest first, the top bit set on all but the last.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public byte ReadByte() => Position < _bytes.Length ? _bytes[Position++] : throw Truncated();

    /// <summary>A number of 0 to 2^31 - 1.</summary>
    /// <exception cref="IndexFormatException">The bytes end, or the number is larger.</exception>
    public int ReadNumber()
    {
        var position = Position;
        var value = 0;
        for (var shift = 0; shift <= 28; shift += 7)
        {
            if ((uint)position >= (uint)_bytes.Length)
            {
                throw Truncated();
            }

            var next = _bytes[position++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80)
            {
                if (shift == 28 && next > 7)
                {
                    break;
                }

                Position = position;
                return value;
            }
        }

        throw new IndexFormatException("a number is larger than 2^31 - 1");
    }

    private static IndexFormatException Truncated() => new("a section ends inside a number");
}
