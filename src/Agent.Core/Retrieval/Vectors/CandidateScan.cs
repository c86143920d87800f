namespace Agent.Core.Retrieval.Vectors;

/// <summary>
/// Estimates cosines from codes and keeps every row that may be among the best: the true cosine is within a known distance of the estimate, so
/// a row whose upper bound is below the lower bounds of as many rows as are wanted cannot be. One thread uses it.
/// </summary>
internal sealed class CandidateScan(VectorQuery query, int count, Func<int, bool>? filter)
{
    private const int LeastRoom = 256;

    // The best lower bounds, the worst of them first.
    private readonly PriorityQueue<bool, float> _lowerBounds = new();
    private readonly List<VectorCandidate> _candidates = [];
    private float _threshold = float.NegativeInfinity;

    public IReadOnlyList<VectorCandidate> Candidates => _candidates;

    public void Scan(LiveVectors vectors, int from, int to)
    {
        var block = vectors.Block;
        var dimensions = block.Dimensions;
        var ids = block.Ids;
        var codes = block.Codes;
        var scales = block.Scales;
        var errors = block.Errors;
        for (var row = from; row < to; row++)
        {
            var estimate = CodeProduct.Of(query.Codes, codes.Slice(row * dimensions, dimensions)) * (query.Scale * scales[row]);
            var error = errors[row] + query.Error;
            if (estimate + error >= _threshold && vectors.IsLive(row) && filter?.Invoke(ids[row]) != false)
            {
                Keep(new VectorCandidate(block, row, estimate + error), estimate - error);
            }
        }
    }

    private void Keep(VectorCandidate candidate, float lowerBound)
    {
        if (_candidates.Count == _candidates.Capacity && _candidates.Count >= LeastRoom)
        {
            _candidates.RemoveAll(kept => kept.UpperBound < _threshold);
            _candidates.EnsureCapacity(2 * _candidates.Count);
        }

        _candidates.Add(candidate);
        if (_lowerBounds.Count < count)
        {
            _lowerBounds.Enqueue(true, lowerBound);
        }
        else
        {
            _lowerBounds.EnqueueDequeue(true, lowerBound);
        }

        if (_lowerBounds.Count == count && _lowerBounds.TryPeek(out _, out var worst))
        {
            _threshold = worst;
        }
    }
}
