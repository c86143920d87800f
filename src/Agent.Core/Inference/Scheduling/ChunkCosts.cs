using System.Numerics;

namespace Agent.Core.Inference.Scheduling;

/// <summary>
/// What chunks of prompts add to the time of a step, by their size. A chunk has a cost of its own (a pass over the weights, a graph that is built) and
/// one for each token, and neither is known beforehand; so a running average is kept for each power of two of tokens, and between those seen the way is
/// straight.
/// </summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class ChunkCosts
{
    private const int Sizes = 16;

    // A step now and then is interrupted by something else; it must not count for more than a few of its kind.
    private const double Weight = 0.25;
    private const double MostGrowth = 2;

    // What was not seen for so many chunks is unknown again.
    private const int ChunksToForget = 500;

    private readonly double[] _tokens = new double[Sizes];
    private readonly double[] _seconds = new double[Sizes];
    private readonly long[] _seenAt = new long[Sizes];
    private long _chunks;

    /// <summary>Whether any was seen.</summary>
    public bool IsEmpty => _chunks == 0;

    /// <summary>Takes what a chunk added.</summary>
    public void Observe(int tokens, double seconds)
    {
        _chunks++;
        var size = Math.Min(BitOperations.Log2((uint)tokens), Sizes - 1);
        if (IsKnown(size) && _seconds[size] > 0)
        {
            // Of an average that is for fewer tokens, more is to be expected.
            var expected = _seconds[size] * Math.Max(1, tokens / _tokens[size]);
            _seconds[size] += Weight * (Math.Min(seconds, expected * MostGrowth) - _seconds[size]);
            _tokens[size] += Weight * (tokens - _tokens[size]);
        }
        else
        {
            _seconds[size] = seconds;
            _tokens[size] = tokens;
        }

        _seenAt[size] = _chunks;
    }

    /// <summary>The largest chunk that adds no more than so much time.</summary>
    public double TokensWithin(double seconds)
    {
        var (below, above) = (-1, -1);
        for (var size = 0; size < Sizes; size++)
        {
            if (!IsKnown(size))
            {
                continue;
            }

            if (_seconds[size] <= seconds)
            {
                below = size;
                above = -1;
            }
            else if (above < 0)
            {
                above = size;
            }
        }

        return (below, above) switch
        {
            (-1, -1) => 0,
            (-1, _) => _tokens[above] * seconds / _seconds[above],
            (_, -1) => Beyond(below, seconds),
            _ => _tokens[below] + ((_tokens[above] - _tokens[below]) * (seconds - _seconds[below]) / (_seconds[above] - _seconds[below])),
        };
    }

    private bool IsKnown(int size) => _seenAt[size] > 0 && _chunks - _seenAt[size] <= ChunksToForget;

    /// <summary>Larger ones than were seen cost as much a token as the largest seen did, its own cost included: at most too much.</summary>
    private double Beyond(int largest, double seconds) =>
        _seconds[largest] > 0 ? _tokens[largest] * seconds / _seconds[largest] : double.MaxValue;
}
