namespace Agent.Tools.Process;

/// <summary>Reads a stream to its end and keeps the last of it.</summary>
internal sealed class TailReader(Stream stream, int size)
{
    private readonly byte[] _kept = new byte[2 * size];
    private int _length;

    /// <summary>The last bytes, up to twice the size; only after <see cref="ReadAsync"/>.</summary>
    internal ReadOnlyMemory<byte> Content => _kept.AsMemory(0, _length);

    internal async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (_length == _kept.Length)
                {
                    Buffer.BlockCopy(_kept, size, _kept, 0, size);
                    _length = size;
                }

                var read = await stream.ReadAsync(_kept.AsMemory(_length), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }

                _length += read;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // What came before is what there is.
        }
    }
}
