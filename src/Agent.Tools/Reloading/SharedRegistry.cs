using Agent.Tools.Registry;

namespace Agent.Tools.Reloading;

/// <summary>A registry with a count of those who hold it; the first of them is its creator. Thread-safe, without locks.</summary>
/// <param name="registry">The registry.</param>
/// <param name="close">Called once, when nobody holds it any more.</param>
internal sealed class SharedRegistry(ToolRegistry registry, Action<ToolRegistry> close)
{
    private int _holders = 1;

    internal ToolRegistry Registry => registry;

    /// <summary>Holds it; false where nobody did any more, so that it is closed or about to be.</summary>
    internal bool TryHold()
    {
        var seen = Volatile.Read(ref _holders);
        while (seen > 0)
        {
            var found = Interlocked.CompareExchange(ref _holders, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    internal void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            close(registry);
        }
    }
}
