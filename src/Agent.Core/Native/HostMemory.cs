namespace Agent.Core.Native;

/// <summary>Host memory that a device writes to: pinned where the device offers that, so that a copy takes a fifth of the time.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed unsafe class HostMemory : IDisposable
{
    private readonly nint _bufferType;
    private nint _buffer;

    /// <summary>Allocates nothing yet.</summary>
    /// <param name="device">The device; 0 for the CPU.</param>
    public HostMemory(nint device)
    {
        var pinned = device == 0 ? 0 : GgmlApi.DeviceHostBufferType(device);
        _bufferType = pinned != 0 ? pinned : GgmlApi.CpuBufferType();
    }

    /// <summary>Bytes there are.</summary>
    public nuint Size { get; private set; }

    /// <summary>Where they begin.</summary>
    public byte* Start { get; private set; }

    /// <summary>Makes sure of so many bytes. Where that takes other memory, what stood there is lost.</summary>
    /// <exception cref="LlamaException">There is not so much memory.</exception>
    public void Ensure(nuint size)
    {
        if (size <= Size)
        {
            return;
        }

        Dispose();
        _buffer = GgmlApi.BufferAllocate(_bufferType, size);
        if (_buffer == 0)
        {
            throw new LlamaException($"There are no {size >> 20:N0} MiB of host memory for the logits of a step. Lower Agent:Engine:MaxSequences.");
        }

        Size = size;
        Start = (byte*)GgmlApi.BufferBase(_buffer);
    }

    public void Dispose()
    {
        if (_buffer != 0)
        {
            GgmlApi.BufferFree(_buffer);
            _buffer = 0;
            Start = null;
            Size = 0;
        }
    }
}
