namespace Agent.Core.Inference.Sampling;

/// <summary>
/// A small random generator whose sequence is fixed by its seed on every platform and .NET version, which
/// <see cref="Random"/> does not promise. Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A number from 0 up to, not including, 1.</summary>
    public double NextDouble()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }
}
