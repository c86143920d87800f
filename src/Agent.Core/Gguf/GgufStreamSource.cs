namespace Agent.Core.Gguf;

/// <summary>A seekable stream that belongs to the caller. Positions are moved under a lock.</summary>
internal sealed class GgufStreamSource(string name, Stream stream) : GgufSource(name, stream.Length)
{
    private readonly Lock _gate = new();

    public override Pass Open() => new StreamPass(this);

    private int Read(long offset, Span<byte> buffer)
    {
        lock (_gate)
        {
            stream.Position = offset;
            return stream.Read(buffer);
        }
    }

    private sealed class StreamPass(GgufStreamSource owner) : Pass
    {
        public override int Read(long offset, Span<byte> buffer) => owner.Read(offset, buffer);
    }
}
