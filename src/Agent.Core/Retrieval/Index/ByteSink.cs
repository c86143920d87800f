namespace Agent.Core.Retrieval.Index;

/// <summary>A growing array of bytes. Not thread-safe.</summary>
internal sealed class ByteSink
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void WriteByte(byte value) => Reserve(1)[0] = value;

    /// <summary>Writes a number of 0 to 2^31 - 1 as <see cref="ByteReader.ReadNumber"/> reads it.</summary>
    public void WriteNumber(int value) => VariableByte.Write(Reserve(VariableByte.SizeOf(value)), value);

    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Appends that many bytes for the caller to fill; their content is undefined.</summary>
    public Span<byte> Reserve(int count)
    {
        var needed = (long)Length + count;
        if (needed > _bytes.Length)
        {
            if (needed > Array.MaxLength)
            {
                throw new InvalidOperationException("The segment would be larger than 2 GB. Divide the documents among several segments.");
            }

            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(needed, 2L * _bytes.Length), Array.MaxLength));
        }

        var reserved = _bytes.AsSpan(Length, count);
        Length += count;
        return reserved;
    }
}
