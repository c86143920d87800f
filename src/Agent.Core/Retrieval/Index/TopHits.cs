namespace Agent.Core.Retrieval.Index;

/// <summary>The best hits so far: higher scores first, of equal ones the lower document id. A heap with the worst at its root. Not thread-safe.</summary>
internal sealed class TopHits(int capacity)
{
    private SearchHit[] _heap = new SearchHit[Math.Min(capacity, 64)];
    private int _count;

    /// <summary>What a document must reach to be among the best. Equality may do, if its id is lower.</summary>
    public double Threshold { get; private set; } = TermWeight.Step;

    public void Offer(int document, double score)
    {
        var hit = new SearchHit(document, score);
        if (_count < capacity)
        {
            if (_count == _heap.Length)
            {
                Array.Resize(ref _heap, (int)Math.Min(capacity, 2L * _count));
            }

            RaiseUp(_count++, hit);
        }
        else if (IsWorse(_heap[0], hit))
        {
            SinkDown(hit);
        }

        if (_count == capacity)
        {
            Threshold = _heap[0].Score;
        }
    }

    /// <summary>The hits, best first.</summary>
    public SearchHit[] ToArray()
    {
        var hits = _heap[.._count];
        Array.Sort(hits, static (a, b) => IsWorse(a, b) ? 1 : IsWorse(b, a) ? -1 : 0);
        return hits;
    }

    private static bool IsWorse(SearchHit a, SearchHit b) => a.Score < b.Score || (a.Score == b.Score && a.Document > b.Document);

    private void RaiseUp(int at, SearchHit hit)
    {
        while (at > 0 && IsWorse(hit, _heap[(at - 1) / 2]))
        {
            _heap[at] = _heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _heap[at] = hit;
    }

    private void SinkDown(SearchHit hit)
    {
        var at = 0;
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && IsWorse(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsWorse(_heap[child], hit))
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = hit;
    }
}
