using System.Buffers;
using System.Buffers.Binary;

namespace Agent.Core.Gguf;

/// <summary>Buffered little-endian reading of one pass, with every read checked against the length of the file.</summary>
internal sealed class GgufCursor : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly GgufSource _source;
    private readonly GgufSource.Pass _pass;
    private byte[] _buffer;
    private long _bufferStart;
    private int _buffered;
    private int _used;

    public GgufCursor(GgufSource source, long position = 0)
    {
        _source = source;
        _pass = source.Open();
        _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        _bufferStart = position;
    }

    public long Position => _bufferStart + _used;

    public long Remaining => _source.Length - Position;

    public string Name => _source.Name;

    public byte ReadByte(string what) => Take(1, what)[0];

    public ushort ReadUInt16(string what) => BinaryPrimitives.ReadUInt16LittleEndian(Take(2, what));

    public uint ReadUInt32(string what) => BinaryPrimitives.ReadUInt32LittleEndian(Take(4, what));

    public int ReadInt32(string what) => BinaryPrimitives.ReadInt32LittleEndian(Take(4, what));

    public ulong ReadUInt64(string what) => BinaryPrimitives.ReadUInt64LittleEndian(Take(8, what));

    /// <summary>The next bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> Take(int count, string what)
    {
        if (_buffered - _used < count)
        {
            Fill(count, what);
        }

        var taken = _buffer.AsSpan(_used, count);
        _used += count;
        return taken;
    }

    public void Skip(long count, string what)
    {
        if (count <= _buffered - _used)
        {
            _used += (int)count;
            return;
        }

        if (count > Remaining)
        {
            throw Truncated(what);
        }

        _bufferStart = Position + count;
        _buffered = 0;
        _used = 0;
    }

    public GgufFormatException Truncated(string what) => new(
        Name,
        Position,
        $"the file ends inside {what}; it has {_source.Length} bytes",
        "The download is incomplete or damaged: download the model again and compare its size and SHA-256 with the publisher's.");

    public void Dispose()
    {
        _pass.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Fill(int count, string what)
    {
        if (count > Remaining)
        {
            throw Truncated(what);
        }

        var left = _buffer.AsSpan(_used, _buffered - _used);
        if (count > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(count);
            left.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            left.CopyTo(_buffer);
        }

        _bufferStart += _used;
        _buffered = left.Length;
        _used = 0;
        while (_buffered < count)
        {
            var read = _pass.Read(_bufferStart + _buffered, _buffer.AsSpan(_buffered));
            if (read == 0)
            {
                throw Truncated(what);
            }

            _buffered += read;
        }
    }
}
