using System.Diagnostics;
using System.Numerics.Tensors;
using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Vectors;

namespace Agent.Bench;

/// <summary>
/// Searches generated vectors: the product's exact search, what it is made of (scans of float32, of float16, of 8-bit codes without rescoring), and
/// sqlite-vec, all over the same rows and queries.
/// </summary>
internal sealed class VectorBenchmark
{
    private const int Hits = 10;
    private const int Clusters = 1000;

    private float[][] _rows = [];
    private float[][] _queries = [];

    public required int Rows { get; init; }

    public required int Dimensions { get; init; }

    public required int Queries { get; init; }

    /// <summary>How far the vectors of a cluster are from its centre, relative to their length; 0 for vectors without clusters.</summary>
    public required float Spread { get; init; }

    /// <summary>The loadable extension; null leaves it out.</summary>
    public required string? SqliteVec { get; init; }

    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        Generate();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        var set = new VectorSet(Dimensions).Add(_rows.Select(static (row, id) => VectorRow.Of(id, row)));
        var built = clock.Elapsed;
        await output.WriteLineAsync(
            $"{Rows} x {Dimensions}, {(Spread > 0 ? $"{Clusters} clusters, spread {Spread}" : "random")}: encoded and added at {Rows / built.TotalSeconds:F0} rows/s, {(GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6:F0} MB").ConfigureAwait(false);
        await output.WriteLineAsync("| search | p50 ms | p99 ms | recall@10 |\n|---|---|---|---|").ConfigureAwait(false);

        var scans = new VectorScans(_rows);
        var truth = _queries.Select(query => Best(scans.Exact(query))).ToArray();
        var isExact = await ReportAsync(output, "VectorSet", truth, query => Ids(set.Search(query, Hits, null, cancellationToken))).ConfigureAwait(false);
        await ReportAsync(output, "VectorSet, a tenth of the ids allowed", null, query => Ids(set.Search(query, Hits, static id => id % 10 == 0, cancellationToken))).ConfigureAwait(false);
        await ReportAsync(output, "float32, one thread", truth, query => Best(scans.Singles(query))).ConfigureAwait(false);
        await ReportAsync(output, "float16, one thread", truth, query => Best(scans.Halves(query))).ConfigureAwait(false);
        await ReportAsync(output, "8-bit codes alone, one thread", truth, query => Best(scans.Codes(query))).ConfigureAwait(false);
        if (SqliteVec is not null)
        {
            using var baseline = SqliteVecBaseline.Create(SqliteVec, _rows, output);
            await ReportAsync(output, "sqlite-vec, float32, cosine", truth, query => baseline.Search(query, Hits)).ConfigureAwait(false);
        }

        return isExact ? 0 : 1;
    }

    private static int[] Ids(IReadOnlyList<SearchHit> hits) => [.. hits.Select(static hit => hit.Document)];

    private static int[] Best<T>(T[] scores)
    {
        var best = new PriorityQueue<int, T>();
        for (var id = 0; id < scores.Length; id++)
        {
            if (best.Count < Hits)
            {
                best.Enqueue(id, scores[id]);
            }
            else
            {
                best.EnqueueDequeue(id, scores[id]);
            }
        }

        return [.. best.UnorderedItems.Select(static item => item.Element)];
    }

    private void Generate()
    {
        var random = new Random(1);
        var centres = Enumerable.Range(0, Clusters).Select(_ => Direction(random)).ToArray();
        _rows = [.. Enumerable.Range(0, Rows).Select(_ => Next(random, centres))];
        _queries = [.. Enumerable.Range(0, Queries).Select(_ => Next(random, centres))];
    }

    private float[] Next(Random random, float[][] centres)
    {
        var vector = Direction(random);
        if (Spread > 0)
        {
            TensorPrimitives.MultiplyAdd(vector, Spread, centres[random.Next(Clusters)], vector);
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        }

        return vector;
    }

    private float[] Direction(Random random)
    {
        var vector = new float[Dimensions];
        foreach (ref var component in vector.AsSpan())
        {
            component = MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(MathF.Tau * random.NextSingle());
        }

        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }

    private async Task<bool> ReportAsync(TextWriter output, string name, int[][]? truth, Func<float[], int[]> search)
    {
        var warm = Stopwatch.StartNew();
        while (warm.ElapsedMilliseconds < 500)
        {
            search(_queries[0]);
        }

        var times = new double[_queries.Length];
        var found = 0;
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var ids = search(_queries[i]);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            found += truth is null ? 0 : ids.Intersect(truth[i]).Count();
        }

        Array.Sort(times);
        var recall = truth is null ? "" : $"{found / (double)(times.Length * Hits):F4}";
        await output.WriteLineAsync($"| {name} | {At(times, 0.5):F2} | {At(times, 0.99):F2} | {recall} |").ConfigureAwait(false);
        return found == times.Length * Hits;
    }

    private static double At(double[] sorted, double part) => sorted[(int)Math.Min(sorted.Length - 1, part * sorted.Length)];
}
