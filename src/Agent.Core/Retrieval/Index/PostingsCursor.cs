using System.Buffers;

namespace Agent.Core.Retrieval.Index;

/// <summary>
/// One term of a query on its way through a segment, from lower to higher document ordinals. It knows the bounds of all blocks and decodes only
/// those that are asked for. Not thread-safe.
/// </summary>
internal sealed class PostingsCursor : IDisposable
{
    private readonly ReadOnlyMemory<byte> _postings;
    private readonly TermWeight _weight;
    private readonly int[] _documentLengths;
    private readonly int _blockCount;
    private readonly int[] _ordinals = new int[BitPacking.BlockSize];
    private readonly int[] _counts = new int[BitPacking.BlockSize];
    private readonly double[] _contributions = new double[BitPacking.BlockSize];
    private readonly double[] _lengths = new double[BitPacking.BlockSize];
    private PostingsBlock[] _blocks;
    private double[] _bounds;
    private int _block;
    private int _position;
    private int _size;
    private int _ordinalsOf = -1;
    private int _countsOf = -1;
    private int _contributionsOf = -1;

    /// <summary>Begins before the first posting.</summary>
    public PostingsCursor(IndexSegment segment, in TermEntry entry, in TermWeight weight)
    {
        _postings = segment.PostingsMemory(entry);
        _weight = weight;
        _documentLengths = segment.Lengths;
        _blockCount = PostingsReader.BlockCount(entry.Frequency);
        _blocks = ArrayPool<PostingsBlock>.Shared.Rent(_blockCount);
        _bounds = ArrayPool<double>.Shared.Rent(_blockCount);
        var reader = new PostingsReader(_postings.Span, entry.Frequency, stackalloc Impact[ImpactFrontier.MaxImpacts]);
        for (var i = 0; reader.MoveNext(); i++)
        {
            _blocks[i] = reader.Current;
            _bounds[i] = BoundOf(reader.Impacts);
        }

        if (entry.Frequency < BitPacking.BlockSize)
        {
            LoadContributions();
            _blocks[0] = _blocks[0] with { Last = _ordinals[_size - 1] };
            foreach (var contribution in _contributions.AsSpan(0, _size))
            {
                _bounds[0] = Math.Max(_bounds[0], contribution);
            }
        }
    }

    /// <summary>The most that the term adds to a document of the current window; 0 if it does not occur there.</summary>
    public double WindowBound { get; private set; }

    /// <summary>Goes on to a window of ordinals, of which none is lower than those passed.</summary>
    public void EnterWindow(int start, int end)
    {
        while (_block < _blockCount && _blocks[_block].Last < start)
        {
            _block++;
        }

        var bound = 0.0;
        for (var i = _block; i < _blockCount && _blocks[i].Before < end - 1; i++)
        {
            bound = Math.Max(bound, _bounds[i]);
        }

        WindowBound = bound;
    }

    /// <summary>Adds the contributions of all documents of the window to their sums.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Accumulate(int start, int end, Span<double> sums)
    {
        var any = false;
        for (; _block < _blockCount && _blocks[_block].Before < end - 1; _block++)
        {
            LoadContributions();
            SkipBefore(start);
            var ordinals = _ordinals.AsSpan(0, _size);
            var contributions = _contributions.AsSpan(0, _size);
            var i = _position;
            for (; i < ordinals.Length; i++)
            {
                var place = ordinals[i] - start;
                if ((uint)place >= (uint)sums.Length)
                {
                    break;
                }

                sums[place] += contributions[i];
            }

            any |= i > _position;
            _position = i;
            if (i < _size)
            {
                break;
            }
        }

        return any;
    }

    /// <summary>Writes those documents of the window that reach a score by this term alone; blocks that cannot are not decoded.</summary>
    /// <returns>How many there are.</returns>
    public int Collect(int start, int end, double least, Span<int> candidates, Span<double> scores)
    {
        var count = 0;
        for (; _block < _blockCount && _blocks[_block].Before < end - 1; _block++)
        {
            if (_bounds[_block] < least)
            {
                if (_blocks[_block].Last >= end)
                {
                    break;
                }

                continue;
            }

            LoadContributions();
            SkipBefore(start);
            var i = _position;
            for (; i < _size && _ordinals[i] < end; i++)
            {
                if (_contributions[i] >= least)
                {
                    candidates[count] = _ordinals[i];
                    scores[count++] = _contributions[i];
                }
            }

            _position = i;
            if (i < _size)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Adds this term to the score of a document, whose ordinal is not lower than those passed.</summary>
    /// <param name="ordinal">The document.</param>
    /// <param name="score">Its score so far.</param>
    /// <param name="others">The most that the terms still to come add.</param>
    /// <param name="threshold">The score to reach.</param>
    /// <returns>Whether the document may still reach it; if not, its score is not complete.</returns>
    public bool TryAdd(int ordinal, ref double score, double others, double threshold)
    {
        while (_block < _blockCount && _blocks[_block].Last < ordinal)
        {
            _block++;
        }

        if (_block == _blockCount)
        {
            return score + others >= threshold;
        }

        if (score + _bounds[_block] + others < threshold)
        {
            return false;
        }

        LoadOrdinals();
        SkipBefore(ordinal);
        if (_position < _size && _ordinals[_position] == ordinal)
        {
            score += ContributionHere(ordinal);
        }

        return score + others >= threshold;
    }

    public void Dispose()
    {
        ArrayPool<PostingsBlock>.Shared.Return(_blocks);
        ArrayPool<double>.Shared.Return(_bounds);
        (_blocks, _bounds) = ([], []);
    }

    private double BoundOf(ReadOnlySpan<Impact> impacts)
    {
        var bound = 0.0;
        foreach (var impact in impacts)
        {
            bound = Math.Max(bound, _weight.Bound(impact.Count, impact.Length));
        }

        return bound;
    }

    private double ContributionHere(int ordinal)
    {
        if (_contributionsOf == _block)
        {
            return _contributions[_position];
        }

        LoadCounts();
        return _weight.Contribution(_counts[_position], _documentLengths[ordinal]);
    }

    // Most steps are short; a long one goes by eight.
    private void SkipBefore(int ordinal)
    {
        var ordinals = _ordinals.AsSpan(0, _size);
        var position = _position;
        while (position + 8 < ordinals.Length && ordinals[position + 8] < ordinal)
        {
            position += 8;
        }

        while (position < ordinals.Length && ordinals[position] < ordinal)
        {
            position++;
        }

        _position = position;
    }

    private void LoadOrdinals()
    {
        if (_ordinalsOf != _block)
        {
            _blocks[_block].ReadOrdinals(_postings.Span, _ordinals);
            _size = _blocks[_block].Size;
            _ordinalsOf = _block;
            _position = 0;
        }
    }

    private void LoadCounts()
    {
        if (_countsOf != _block)
        {
            _blocks[_block].ReadCounts(_postings.Span, _counts);
            _countsOf = _block;
        }
    }

    private void LoadContributions()
    {
        if (_contributionsOf == _block)
        {
            return;
        }

        LoadOrdinals();
        LoadCounts();
        var ordinals = _ordinals.AsSpan(0, _size);
        var counts = _counts.AsSpan(0, _size);
        var lengths = _lengths.AsSpan(0, _size);
        var contributions = _contributions.AsSpan(0, _size);
        for (var i = 0; i < ordinals.Length && i < lengths.Length; i++)
        {
            lengths[i] = _documentLengths[ordinals[i]];
        }

        for (var i = 0; i < counts.Length && i < contributions.Length; i++)
        {
            contributions[i] = counts[i];
        }

        _weight.Contributions(contributions, lengths);
        _contributionsOf = _block;
    }
}
