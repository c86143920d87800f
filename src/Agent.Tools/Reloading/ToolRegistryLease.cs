using Agent.Tools.Registry;

namespace Agent.Tools.Reloading;

/// <summary>
/// The tools of one moment, kept usable until the lease is disposed: calls that run on them finish although a reload has put
/// others in their place. Thread-safe; disposing it twice does no harm.
/// </summary>
public sealed class ToolRegistryLease : IDisposable
{
    private readonly SharedRegistry _shared;
    private int _released;

    /// <param name="shared">A registry that the caller holds; the lease takes that over.</param>
    internal ToolRegistryLease(SharedRegistry shared) => _shared = shared;

    /// <summary>The tools.</summary>
    /// <exception cref="ObjectDisposedException">The lease was disposed.</exception>
    public ToolRegistry Registry
    {
        get
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _released) != 0, this);
            return _shared.Registry;
        }
    }

    /// <summary>Gives the tools back. Returns at once: tools that nobody holds any more are closed in the background.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            _shared.Release();
        }
    }
}
