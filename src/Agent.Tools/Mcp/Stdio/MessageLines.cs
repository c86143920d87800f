namespace Agent.Tools.Mcp.Stdio;

/// <summary>
/// Standard output of a server as the protocol may read it: lines that cannot be messages are left out and told, a line
/// without end is an error, and a read can be given up although the pipe's own cannot. One reader at a time.
/// </summary>
/// <param name="inner">Standard output.</param>
/// <param name="maximumBytes">Bytes of the longest message.</param>
/// <param name="strayLine">Receives the beginning of each line that is left out.</param>
internal sealed class MessageLines(Stream inner, int maximumBytes, Action<ReadOnlySpan<byte>> strayLine) : ForwardStream
{
    private const int ExcerptBytes = 400;

    private readonly byte[] _buffer = new byte[16_384];
    private readonly byte[] _stray = new byte[ExcerptBytes];
    private Task<int>? _reading;
    private int _start;
    private int _end;
    private long _length;
    private int _strayLength;
    private Place _place;

    private enum Place
    {
        LineStart,
        Message,
        Stray,
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (_start == _end)
            {
                _reading ??= inner.ReadAsync(_buffer, CancellationToken.None).AsTask();
                (_start, _end) = (0, await _reading.WaitAsync(cancellationToken).ConfigureAwait(false));
                _reading = null;
                if (_end == 0)
                {
                    return 0;
                }
            }

            if (Take(buffer.Span) is > 0 and var taken)
            {
                return taken;
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Moves what is there to the reader, at most to the end of a line; 0 where all of it was left out.</summary>
    private int Take(Span<byte> target)
    {
        var there = _buffer.AsSpan(_start, _end - _start);
        if (_place == Place.LineStart)
        {
            var blank = there.IndexOfAnyExcept(" \t\r\n"u8);
            if (blank != 0)
            {
                _start = blank < 0 ? _end : _start + blank;
                return 0;
            }

            (_place, _length, _strayLength) = (there[0] is (byte)'{' or (byte)'[' ? Place.Message : Place.Stray, 0, 0);
        }

        var newline = there.IndexOf((byte)'\n');
        var line = newline < 0 ? there : there[..(newline + 1)];
        if (_place == Place.Stray)
        {
            TakeStray(line, isEnd: newline >= 0);
            _start += line.Length;
            return 0;
        }

        var part = line[..Math.Min(line.Length, target.Length)];
        part.CopyTo(target);
        _start += part.Length;
        _length += part.Length;
        if (_length > maximumBytes)
        {
            throw new InvalidDataException($"a message is longer than {maximumBytes} bytes");
        }

        if (newline >= 0 && part.Length == line.Length)
        {
            _place = Place.LineStart;
        }

        return part.Length;
    }

    private void TakeStray(ReadOnlySpan<byte> line, bool isEnd)
    {
        var part = line[..Math.Min(line.Length, _stray.Length - _strayLength)];
        part.CopyTo(_stray.AsSpan(_strayLength));
        _strayLength += part.Length;
        if (isEnd)
        {
            strayLine(_stray.AsSpan(0, _strayLength));
            _place = Place.LineStart;
        }
    }
}
