using System.Buffers;

namespace Agent.Tools.Process;

/// <summary>Reads the beginning of a stream.</summary>
internal sealed class CappedReader(Stream stream, int maximum)
{
    private readonly ArrayBufferWriter<byte> _content = new();

    /// <summary>What was read; only after <see cref="ReadAsync"/>.</summary>
    internal ReadOnlyMemory<byte> Content => _content.WrittenMemory;

    /// <summary>Reads until the end, or until there is more than the maximum, or until it is cancelled.</summary>
    /// <returns>Whether there is more than the maximum.</returns>
    internal async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var chunk = new byte[16_384];
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return false;
                }

                var room = maximum - _content.WrittenCount;
                _content.Write(chunk.AsSpan(0, Math.Min(read, room)));
                if (read > room)
                {
                    return true;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            return false;
        }
    }
}
