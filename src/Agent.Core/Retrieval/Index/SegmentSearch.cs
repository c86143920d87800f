using System.Buffers;
using System.Numerics;

namespace Agent.Core.Retrieval.Index;

/// <summary>
/// MaxScore with block maxima, a window of documents at a time: the terms of which even all together cannot lift a document of this window to the
/// threshold propose none; they only complete the scores of what the other terms propose. (Turtle and Flood, "Query evaluation: strategies and
/// optimizations", 1995; Ding and Suel, "Faster top-k document retrieval using block-max indexes", 2011.)
/// </summary>
internal sealed class SegmentSearch : IDisposable
{
    // The sums of a window stay in the first cache; smaller windows have tighter bounds, larger ones less to do between them.
    private const int WindowSize = 2048;

    private readonly PostingsCursor[] _cursors;
    private readonly PostingsCursor[] _order;
    private readonly double[] _prefixes;
    private readonly double[] _sums = ArrayPool<double>.Shared.Rent(WindowSize);
    private readonly double[] _scores = ArrayPool<double>.Shared.Rent(WindowSize);
    private readonly int[] _candidates = ArrayPool<int>.Shared.Rent(WindowSize);
    private readonly LiveDocuments _live;
    private readonly Func<int, bool>? _filter;
    private readonly TopHits _top;

    /// <summary>Prepares a search; the cursors are disposed of with it.</summary>
    public SegmentSearch(LiveDocuments live, PostingsCursor[] cursors, Func<int, bool>? filter, TopHits top)
    {
        (_live, _cursors, _filter, _top) = (live, cursors, filter, top);
        _order = new PostingsCursor[cursors.Length];
        _prefixes = new double[cursors.Length];
        _sums.AsSpan(0, WindowSize).Clear();
    }

    /// <summary>Offers the segment's best documents.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        var documents = _live.Segment.DocumentCount;
        for (var start = 0; start < documents;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = Math.Min(documents - start, WindowSize) + start;
            var threshold = _top.Threshold;
            var active = Order(start, end);
            var essential = 0;
            while (essential < active && _prefixes[essential] < threshold)
            {
                essential++;
            }

            if (essential < active)
            {
                var others = essential == 0 ? 0 : _prefixes[essential - 1];
                var count = essential == active - 1
                    ? _order[essential].Collect(start, end, threshold - others, _candidates, _scores)
                    : Sum(start, end, essential, active, threshold - others);
                Complete(Admit(count), essential, threshold);
            }

            start = end;
        }
    }

    public void Dispose()
    {
        foreach (var cursor in _cursors)
        {
            cursor.Dispose();
        }

        ArrayPool<double>.Shared.Return(_sums);
        ArrayPool<double>.Shared.Return(_scores);
        ArrayPool<int>.Shared.Return(_candidates);
    }

    // Sorts the terms that occur in the window by what they add at most, and sums that up.
    private int Order(int start, int end)
    {
        var active = 0;
        foreach (var cursor in _cursors)
        {
            cursor.EnterWindow(start, end);
            if (cursor.WindowBound == 0)
            {
                continue;
            }

            var at = active++;
            for (; at > 0 && _order[at - 1].WindowBound > cursor.WindowBound; at--)
            {
                _order[at] = _order[at - 1];
            }

            _order[at] = cursor;
        }

        var sum = 0.0;
        for (var i = 0; i < active; i++)
        {
            _prefixes[i] = sum += _order[i].WindowBound;
        }

        return active;
    }

    private int Sum(int start, int end, int from, int to, double least)
    {
        var sums = _sums.AsSpan(0, end - start);
        var any = false;
        for (var i = from; i < to; i++)
        {
            any |= _order[i].Accumulate(start, end, sums);
        }

        return any ? TakeSums(start, sums, Math.Max(least, TermWeight.Step)) : 0;
    }

    // Collects the sums that reach the least, and sets all to 0 for the next window.
    private int TakeSums(int start, Span<double> sums, double least)
    {
        var (candidates, scores) = (_candidates, _scores);
        var limit = new Vector<double>(least);
        var (count, i) = (0, 0);
        for (; i <= sums.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            if (!Vector.GreaterThanOrEqualAny(new Vector<double>(sums[i..]), limit))
            {
                continue;
            }

            for (var j = i; j < i + Vector<double>.Count; j++)
            {
                if (sums[j] >= least)
                {
                    candidates[count] = start + j;
                    scores[count++] = sums[j];
                }
            }
        }

        for (; i < sums.Length; i++)
        {
            if (sums[i] >= least)
            {
                candidates[count] = start + i;
                scores[count++] = sums[i];
            }
        }

        sums.Clear();
        return count;
    }

    // Drops the documents that are deleted or not wanted.
    private int Admit(int count)
    {
        if (_live.IsComplete && _filter is null)
        {
            return count;
        }

        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var ordinal = _candidates[i];
            if (_live.IsLive(ordinal) && (_filter is null || _filter(_live.Segment.Documents[ordinal])))
            {
                _candidates[kept] = ordinal;
                _scores[kept++] = _scores[i];
            }
        }

        return kept;
    }

    private void Complete(int count, int essential, double threshold)
    {
        for (var term = essential - 1; term >= 0 && count > 0; term--)
        {
            var cursor = _order[term];
            var (others, kept) = (term == 0 ? 0 : _prefixes[term - 1], 0);
            for (var i = 0; i < count; i++)
            {
                var score = _scores[i];
                if (score + _prefixes[term] >= threshold && cursor.TryAdd(_candidates[i], ref score, others, threshold))
                {
                    _candidates[kept] = _candidates[i];
                    _scores[kept++] = score;
                }
            }

            count = kept;
        }

        for (var i = 0; i < count; i++)
        {
            if (_scores[i] >= _top.Threshold)
            {
                _top.Offer(_live.Segment.Documents[_candidates[i]], _scores[i]);
            }
        }
    }
}
