using System.Numerics;
using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Index;

/// <summary>
/// What one term of a query adds to the score of a document:
/// idf * weight * (k1 + 1) * tf / (tf + k1 * (1 - b) + k1 * b / average * length), rounded to a multiple of 2^-36, at least one such step.
/// Sums of such multiples below 2^17 are exact in a double, so that a score does not depend on the order in which its terms were added.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct TermWeight
{
    /// <summary>The least that a term adds: one step of the grid.</summary>
    public const double Step = 1.0 / (1L << 36);

    // The doubles from 2^16 to 2^17 lie 2^-36 apart: adding this and taking it away again rounds to the grid.
    private const double Rounding = 1.5 * (1 << 16);

    // The division's own rounding may lift a document over the pair that dominates it by one step.
    private const double BoundSlack = 4 * Step;

    private readonly double _weight;
    private readonly double _base;
    private readonly double _perLength;

    /// <summary>Creates the weight.</summary>
    /// <param name="options">k1 and b.</param>
    /// <param name="documents">Live documents of the whole index.</param>
    /// <param name="averageLength">Their average length; 0 if all are empty.</param>
    /// <param name="frequency">How many of them have the term; at least 1.</param>
    /// <param name="occurrences">How often the query has it.</param>
    public TermWeight(Bm25Options options, long documents, double averageLength, long frequency, int occurrences)
    {
        var (k1, b) = (options.Saturation, options.LengthNormalization);
        var idf = Math.Log(1 + ((documents - frequency + 0.5) / (frequency + 0.5)));
        _weight = idf * occurrences * (k1 + 1);
        _base = k1 * (1 - b);
        _perLength = averageLength > 0 ? k1 * b / averageLength : 0;
    }

    /// <summary>What the term adds to one document.</summary>
    public double Contribution(double count, double length)
    {
        var raw = _weight * count / (count + (_base + (_perLength * length)));
        return Math.Max(raw + Rounding - Rounding, Step);
    }

    /// <summary>No document with at most this count and at least this length gets more.</summary>
    public double Bound(int count, int length) => Contribution(count, length) + BoundSlack;

    /// <summary>The same as <see cref="Contribution"/>, bit for bit, for many documents; the counts are replaced by the results.</summary>
    public void Contributions(Span<double> counts, ReadOnlySpan<double> lengths)
    {
        var i = 0;
        var (weight, constant, perLength) = (new Vector<double>(_weight), new Vector<double>(_base), new Vector<double>(_perLength));
        var (rounding, step) = (new Vector<double>(Rounding), new Vector<double>(Step));
        for (; i <= counts.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            var count = new Vector<double>(counts[i..]);
            var raw = weight * count / (count + (constant + (perLength * new Vector<double>(lengths[i..]))));
            Vector.Max(raw + rounding - rounding, step).CopyTo(counts[i..]);
        }

        for (; i < counts.Length; i++)
        {
            counts[i] = Contribution(counts[i], lengths[i]);
        }
    }
}
