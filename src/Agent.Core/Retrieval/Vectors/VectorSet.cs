using System.Runtime.ExceptionServices;
using Agent.Core.Retrieval.Index;

namespace Agent.Core.Retrieval.Vectors;

/// <summary>
/// The vectors of chunks, searched by cosine. What is found is what comparing the query with every vector finds: cosines in double precision of the
/// stored float32 components, equal ones ordered by ascending id. Each state is a snapshot; adding and removing make another one that shares the
/// blocks of rows. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// In memory a component takes five bytes: a code and the float32. A search reads the codes, in order; it is bound by the speed of memory, so
/// reading float32 takes four times as long. How far the estimate from a row's codes is from the truth is known for every row, so the few rows that
/// may be among the best are told exactly, and only their float32 components are read. Nothing is approximate, unlike in a graph or a quantised index.
/// </para>
/// <para>
/// The rows are managed memory: every search reads all of the codes, so a mapped file would have to be resident as well. Through a pointer it is as
/// fast; without one it can only be copied from, which takes about ten times as long as the search itself.
/// </para>
/// </remarks>
public sealed class VectorSet
{
    // Below this many codes, about 0.1 ms of work, another thread costs more than it brings.
    private const int CodesPerThread = 1 << 22;
    private const int RowsAtOnce = 1024;

    // One row in this many may be gone before the rest is packed.
    private const int LargestRemovedPart = 3;

    private readonly LiveVectors[] _blocks;

    /// <summary>Creates an empty set.</summary>
    /// <param name="dimensions">Components of each vector.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to <see cref="VectorEncoding.MaxDimensions"/>.</exception>
    public VectorSet(int dimensions)
        : this(dimensions, [])
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, VectorEncoding.MaxDimensions);
    }

    private VectorSet(int dimensions, LiveVectors[] blocks)
    {
        Dimensions = dimensions;
        _blocks = blocks;
        Count = blocks.Sum(static block => block.Count);
    }

    /// <summary>Components of each vector.</summary>
    public int Dimensions { get; }

    /// <summary>How many vectors there are.</summary>
    public int Count { get; }

    internal IReadOnlyList<LiveVectors> Blocks => _blocks;

    /// <summary>Whether there is a vector of a chunk.</summary>
    /// <param name="id">The chunk's id.</param>
    public bool Contains(int id) => Array.Exists(_blocks, block => block.Contains(id));

    /// <summary>A set that has further vectors.</summary>
    /// <param name="rows">The vectors, in any order. To replace one, remove it first.</param>
    /// <exception cref="ArgumentException">
    /// An id is negative, comes twice or is there already, or a vector is of another size or has no direction; the message names the id.
    /// </exception>
    public VectorSet Add(IEnumerable<VectorRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        VectorRow[] added = [.. rows.OrderBy(static row => row.Id)];
        for (var i = 0; i < added.Length; i++)
        {
            var id = added[i].Id;
            if (id < 0 || Contains(id) || (i > 0 && added[i - 1].Id == id))
            {
                throw new ArgumentException(id < 0 ? $"The id {id} is negative." : $"There is a vector of {id} already. Remove it first.", nameof(rows));
            }
        }

        if (added.Length == 0)
        {
            return this;
        }

        List<LiveVectors> blocks = [.. _blocks];
        foreach (var part in added.Chunk(VectorBlock.PreferredRows(Dimensions)))
        {
            Append(blocks, LiveVectors.All(VectorBlock.Of(Dimensions, part)));
        }

        return new VectorSet(Dimensions, [.. blocks]);
    }

    /// <summary>A set without some vectors.</summary>
    /// <param name="isGone">Tells by its id whether a chunk's vector goes; asked once for each.</param>
    public VectorSet Remove(Func<int, bool> isGone)
    {
        ArgumentNullException.ThrowIfNull(isGone);
        LiveVectors[] blocks = [.. _blocks.Select(block => block.Without(isGone)).Where(static block => block.Count > 0)];
        var rows = blocks.Sum(static block => (long)block.Block.RowCount);
        var live = blocks.Sum(static block => (long)block.Count);
        return new VectorSet(Dimensions, (rows - live) * LargestRemovedPart > rows ? Pack(blocks) : blocks);
    }

    /// <summary>Finds the vectors with the largest cosine to a query.</summary>
    /// <param name="query">Any length but 0.</param>
    /// <param name="count">The most hits wanted; at least 1.</param>
    /// <param name="filter">
    /// Tells by its id whether a chunk is wanted; asked for chunks that may be among the best only, by several threads at once where the set is large.
    /// Null wants all.
    /// </param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The hits, best first, the cosine (-1 to 1) as their score; fewer if there are fewer.</returns>
    /// <exception cref="ArgumentException">The query has another number of components than the vectors, or no direction.</exception>
    /// <exception cref="ArgumentOutOfRangeException">No hit is wanted.</exception>
    /// <exception cref="OperationCanceledException">The search was ended.</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int count, Func<int, bool>? filter = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (query.Length != Dimensions)
        {
            throw new ArgumentException($"The query has {query.Length} components and the vectors have {Dimensions}. Embed both with the same model.", nameof(query));
        }

        var prepared = new VectorQuery(query);
        cancellationToken.ThrowIfCancellationRequested();
        return Rank(Scan(prepared, count, filter, cancellationToken), prepared, count, cancellationToken);
    }

    private List<VectorCandidate> Scan(VectorQuery query, int count, Func<int, bool>? filter, CancellationToken cancellationToken)
    {
        List<(LiveVectors Block, int From, int To)> parts = [];
        foreach (var block in _blocks)
        {
            for (var from = 0; from < block.Block.RowCount; from += RowsAtOnce)
            {
                parts.Add((block, from, Math.Min(from + RowsAtOnce, block.Block.RowCount)));
            }
        }

        var candidates = new List<VectorCandidate>();
        var threads = (int)Math.Clamp((long)Count * Dimensions / CodesPerThread, 1, Environment.ProcessorCount);
        if (threads == 1)
        {
            var scan = new CandidateScan(query, count, filter);
            foreach (var (block, from, to) in parts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                scan.Scan(block, from, to);
            }

            candidates.AddRange(scan.Candidates);
            return candidates;
        }

        try
        {
            // Each thread's own threshold holds for all: it is the lower bound of as many rows as are wanted.
            Parallel.For(
                0,
                parts.Count,
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
                () => new CandidateScan(query, count, filter),
                (i, _, scan) =>
                {
                    scan.Scan(parts[i].Block, parts[i].From, parts[i].To);
                    return scan;
                },
                scan =>
                {
                    lock (candidates)
                    {
                        candidates.AddRange(scan.Candidates);
                    }
                });
        }
        catch (AggregateException e)
        {
            // A filter that throws is the caller's affair, whether the set is large or not.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return candidates;
    }

    private SearchHit[] Rank(List<VectorCandidate> candidates, VectorQuery query, int count, CancellationToken cancellationToken)
    {
        candidates.Sort(static (a, b) => b.UpperBound.CompareTo(a.UpperBound));
        var hits = new TopHits(count);
        var scratch = new VectorScratch(Dimensions);
        for (var i = 0; i < candidates.Count; i++)
        {
            var (block, row, upperBound) = candidates[i];
            if (i >= count && upperBound < hits.Threshold)
            {
                break;
            }

            if (i % RowsAtOnce == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            hits.Offer(block.Ids[row], block.CosineOf(row, query, scratch));
        }

        return hits.ToArray();
    }

    /// <summary>Appends a block; small ones before it become one with it, so that many small additions do not make many blocks.</summary>
    private void Append(List<LiveVectors> blocks, LiveVectors block)
    {
        var first = blocks.Count;
        var rows = block.Count;
        while (first > 0 && blocks[first - 1].Count <= 2 * rows && blocks[first - 1].Count + rows <= VectorBlock.PreferredRows(Dimensions))
        {
            rows += blocks[--first].Count;
        }

        if (first == blocks.Count)
        {
            blocks.Add(block);
            return;
        }

        LiveVectors[] merged = [.. blocks[first..], block];
        blocks.RemoveRange(first, blocks.Count - first);
        blocks.Add(LiveVectors.All(VectorBlock.Of(Dimensions, RowsOf(merged))));
    }

    private LiveVectors[] Pack(LiveVectors[] blocks)
    {
        var rows = RowsOf(blocks.Where(static block => !block.IsComplete));
        return
        [
            .. blocks.Where(static block => block.IsComplete),
            .. rows.Chunk(VectorBlock.PreferredRows(Dimensions)).Select(part => LiveVectors.All(VectorBlock.Of(Dimensions, part))),
        ];
    }

    private static (VectorBlock Block, int Row)[] RowsOf(IEnumerable<LiveVectors> blocks) =>
    [
        .. blocks
            .SelectMany(static block => Enumerable.Range(0, block.Block.RowCount).Where(block.IsLive).Select(row => (block.Block, Row: row)))
            .OrderBy(static row => row.Block.Ids[row.Row]),
    ];
}
