namespace Agent.Core.Retrieval.Index;

/// <summary>A set of document ids as a bitmap; its <see cref="Contains"/> serves as the filter of a search. Immutable and thread-safe.</summary>
public sealed class DocumentSet
{
    private readonly ulong[] _bits;

    /// <summary>Creates the set. It takes one bit for each id up to the largest.</summary>
    /// <param name="documents">Ids of 0 or more; may repeat.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    public DocumentSet(IEnumerable<int> documents)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var bits = new ulong[16];
        var used = 0;
        foreach (var document in documents)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(document, nameof(documents));
            var word = document >> 6;
            if (word >= bits.Length)
            {
                Array.Resize(ref bits, Math.Max(word + 1, bits.Length * 2));
            }

            used = Math.Max(used, word + 1);
            bits[word] |= 1UL << (document & 63);
        }

        _bits = bits[..used];
    }

    /// <summary>Whether the set has a document.</summary>
    /// <param name="document">The document's id.</param>
    public bool Contains(int document) => (uint)(document >> 6) < (uint)_bits.Length && ((_bits[document >> 6] >> (document & 63)) & 1) != 0;
}
