namespace Agent.Core.Inference.Scheduling;

/// <summary>How many tasks wait for a sequence, from their submission on, whoever holds them meanwhile.</summary>
/// <remarks>Thread-safe, without locks.</remarks>
internal sealed class WaitingCount
{
    private int _value;

    /// <summary>Tasks that wait now.</summary>
    public int Value => Volatile.Read(ref _value);

    /// <summary>Counts one more, unless so many wait that it would exceed the limit.</summary>
    public bool TryAdd(int limit)
    {
        for (var value = Value; value < limit;)
        {
            var found = Interlocked.CompareExchange(ref _value, value + 1, value);
            if (found == value)
            {
                return true;
            }

            value = found;
        }

        return false;
    }

    /// <summary>Counts one more, whatever the limit.</summary>
    public void Add() => Interlocked.Increment(ref _value);

    /// <summary>Counts one less.</summary>
    public void Remove() => Interlocked.Decrement(ref _value);
}
