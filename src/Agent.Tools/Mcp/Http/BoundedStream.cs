namespace Agent.Tools.Mcp.Http;

/// <summary>The body of an answer, of which no message may be longer than a number of bytes. One reader at a time.</summary>
/// <param name="inner">The body; it is disposed with this.</param>
/// <param name="maximumBytes">Bytes of the longest message.</param>
/// <param name="isEventStream">Whether a blank line ends a message; otherwise the body is one.</param>
/// <param name="host">Who answers, for the message of the error.</param>
internal sealed class BoundedStream(Stream inner, int maximumBytes, bool isEventStream, string host) : ForwardStream
{
    private long _length;
    private bool _isLineEmpty;

    /// <exception cref="InvalidDataException">A message is too long.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Count(buffer.Span[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        Count(buffer.AsSpan(offset, read));
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            _length++;
            if (isEventStream && one == '\n')
            {
                _length = _isLineEmpty ? 0 : _length;
                _isLineEmpty = true;
            }
            else if (one != '\r')
            {
                _isLineEmpty = false;
            }
        }

        if (_length > maximumBytes)
        {
            throw new InvalidDataException($"{host} sent a message longer than {maximumBytes} bytes");
        }
    }
}
