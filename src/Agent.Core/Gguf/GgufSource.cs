namespace Agent.Core.Gguf;

/// <summary>Where the bytes of a model come from. Opened for each pass, so that a parsed header holds no file open.</summary>
internal abstract class GgufSource
{
    protected GgufSource(string name, long length)
    {
        Name = name;
        Length = length;
    }

    public string Name { get; }

    public long Length { get; }

    /// <summary>Starts a pass over the bytes.</summary>
    /// <exception cref="GgufFormatException">The content is no longer what was first read.</exception>
    public abstract Pass Open();

    /// <summary>One pass; not thread-safe, though several passes may run at once.</summary>
    public abstract class Pass : IDisposable
    {
        /// <summary>Reads up to the length of <paramref name="buffer"/> bytes; 0 at the end.</summary>
        public abstract int Read(long offset, Span<byte> buffer);

        public virtual void Dispose() => GC.SuppressFinalize(this);
    }
}
