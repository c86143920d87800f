using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>Host memory for the state of one sequence: what its cells hold, as llama.cpp writes it.</summary>
/// <remarks>
/// <para>
/// The memory lies outside the managed heap, so that hundreds of MiB come and go without a collection. Whoever holds it disposes it; what is
/// forgotten is freed with the object.
/// </para>
/// <para>
/// It is ordinary, pageable memory: llama.cpp's C API has no page-locked memory for states, so a GPU's driver copies it in two steps. How fast
/// that is, is measured (<c>OffloadCosts</c>), not assumed.
/// </para>
/// </remarks>
internal sealed unsafe class SequenceState : SafeHandle
{
    /// <summary>Takes memory.</summary>
    /// <param name="length">Bytes, 1 or more.</param>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    public SequenceState(long length)
        : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        SetHandle((nint)NativeMemory.Alloc((nuint)length));
        Length = length;
    }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>The bytes, up to 2 GiB of them; good until it is disposed.</summary>
    public Span<byte> AsSpan()
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return new((void*)handle, checked((int)Length));
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
