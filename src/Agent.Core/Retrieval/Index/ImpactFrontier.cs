namespace Agent.Core.Retrieval.Index;

/// <summary>
/// The impacts of a block that no other one dominates (more occurrences in a document that is not longer). Their best score is the block's best
/// for every k1, b and average length, which a single maximum of scores would not be.
/// </summary>
internal static class ImpactFrontier
{
    /// <summary>Most impacts kept of one block.</summary>
    public const int MaxImpacts = 8;

    /// <summary>Reduces impacts to the frontier, by ascending count and length. More than the most are joined; a joined pair bounds both.</summary>
    /// <param name="impacts">1 to 128; overwritten.</param>
    /// <returns>How many of the first are the frontier.</returns>
    public static int Reduce(Span<Impact> impacts)
    {
        // As plain numbers they are sorted several times faster: by ascending length, of equal ones by descending count.
        Span<ulong> keys = stackalloc ulong[BitPacking.BlockSize];
        keys = keys[..impacts.Length];
        for (var i = 0; i < impacts.Length; i++)
        {
            keys[i] = ((ulong)impacts[i].Length << 32) | (uint)~impacts[i].Count;
        }

        keys.Sort();
        var kept = 0;
        foreach (var key in keys)
        {
            var impact = new Impact((int)~(uint)key, (int)(key >> 32));
            if (kept == 0 || impact.Count > impacts[kept - 1].Count)
            {
                impacts[kept++] = impact;
            }
        }

        for (; kept > MaxImpacts; kept--)
        {
            var nearest = 0;
            var least = double.PositiveInfinity;
            for (var i = 0; i < kept - 1; i++)
            {
                // How far the joined pair is above both.
                var distance = (double)impacts[i + 1].Count / impacts[i].Count * ((impacts[i + 1].Length + 1.0) / (impacts[i].Length + 1.0));
                if (distance < least)
                {
                    (nearest, least) = (i, distance);
                }
            }

            impacts[nearest] = new Impact(impacts[nearest + 1].Count, impacts[nearest].Length);
            impacts[(nearest + 2)..kept].CopyTo(impacts[(nearest + 1)..]);
        }

        return kept;
    }
}
