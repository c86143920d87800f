namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>Names of properties that no schema names and that an object holds already, by their hashes; the last one first.</summary>
/// <remarks>Two names of one hash would only keep the second from being written.</remarks>
internal sealed record OtherNames(ulong Hash, OtherNames? Before)
{
    /// <summary>The hash of no byte.</summary>
    public const ulong EmptyHash = 14695981039346656037;

    /// <summary>The hash of a text and one byte more (FNV-1a); never 0, which stands for no hash.</summary>
    public static ulong Extend(ulong hash, byte b) => (hash ^ b) * 1099511628211 is not 0 and var next ? next : 1;

    /// <summary>Whether a name is among them.</summary>
    public static bool Contains(OtherNames? names, ulong hash)
    {
        for (; names is not null; names = names.Before)
        {
            if (names.Hash == hash)
            {
                return true;
            }
        }

        return false;
    }
}
