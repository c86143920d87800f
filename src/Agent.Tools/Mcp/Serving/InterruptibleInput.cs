namespace Agent.Tools.Mcp.Serving;

/// <summary>
/// A stream whose reads end when they are cancelled, even where the stream below knows no cancellation, as standard input does
/// not: the read is left behind. For a last reader only, since the read that was left behind may still take some bytes.
/// </summary>
internal sealed class InterruptibleInput(Stream stream) : ForwardStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = stream.ReadAsync(buffer, cancellationToken);
        return read.IsCompletedSuccessfully ? read : new(read.AsTask().WaitAsync(cancellationToken));
    }

    public override int Read(byte[] buffer, int offset, int count) => stream.Read(buffer, offset, count);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
