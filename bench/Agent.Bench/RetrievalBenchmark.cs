using System.Diagnostics;
using System.Runtime.InteropServices;
using Agent.Core.Retrieval.Index;

namespace Agent.Bench;

/// <summary>Builds an index of a generated corpus and searches it on one thread, beside SQLite's FTS5 over the same text.</summary>
internal sealed class RetrievalBenchmark
{
    private const int Hits = 10;
    private const int Checked = 20;

    public required int Documents { get; init; }

    public required int Words { get; init; }

    public required int[] Terms { get; init; }

    public required int Queries { get; init; }

    public required int DocumentsPerSegment { get; init; }

    public required bool WithFts5 { get; init; }

    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var segments = await BuildAsync(output, cancellationToken).ConfigureAwait(false);
        var searcher = new IndexSearcher(new IndexSnapshot(segments.Select(LiveDocuments.All)));
        using var fts5 = WithFts5 ? await Fts5Baseline.CreateAsync(this, output, cancellationToken).ConfigureAwait(false) : null;

        var corpus = new GeneratedCorpus(2);
        await output.WriteLineAsync("| terms | p50 ms | p99 ms | FTS5 p50 ms | FTS5 p99 ms | equal to every document scored |\n|---|---|---|---|---|---|").ConfigureAwait(false);
        var areAllEqual = true;
        foreach (var terms in Terms)
        {
            var queries = Enumerable.Range(0, Queries).Select(_ => corpus.NextQuery(terms)).ToArray();
            var warm = Stopwatch.StartNew();
            while (warm.ElapsedMilliseconds < 1000)
            {
                Measure(queries[..Math.Min(20, queries.Length)], query => searcher.Search(query, Hits, null, cancellationToken));
            }

            var own = Measure(queries, query => searcher.Search(query, Hits, null, cancellationToken));
            var theirs = fts5 is null ? null : Measure(queries, query => fts5.Search(query, Hits));

            // Asked for all hits, the search can leave nothing out: it is the exhaustive scoring.
            var isEqual = queries.Take(Checked).All(query => searcher.Search(query, Hits, null, cancellationToken)
                .SequenceEqual(searcher.Search(query, int.MaxValue, null, cancellationToken).Take(Hits)));
            areAllEqual &= isEqual;
            await output.WriteLineAsync(
                $"| {terms} | {At(own, 0.5):F2} | {At(own, 0.99):F2} | {(theirs is null ? "" : $"{At(theirs, 0.5):F1}")} | {(theirs is null ? "" : $"{At(theirs, 0.99):F1}")} | {(isEqual ? "yes" : "NO")} |").ConfigureAwait(false);
        }

        using var process = Process.GetCurrentProcess();
        await output.WriteLineAsync($"resident {process.WorkingSet64 / 1e6:F0} MB, at most {process.PeakWorkingSet64 / 1e6:F0} MB").ConfigureAwait(false);
        return areAllEqual ? 0 : 1;
    }

    /// <summary>The documents of the corpus, in order.</summary>
    public IEnumerable<(int Id, string[] Vocabulary, int[] Words)> Corpus()
    {
        var corpus = new GeneratedCorpus(1);
        for (var id = 0; id < Documents; id++)
        {
            yield return (id, corpus.Words, corpus.NextDocument(Words));
        }
    }

    private async Task<List<IndexSegment>> BuildAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var segments = new List<IndexSegment>();
        var building = new Stopwatch();
        var builder = new IndexSegmentBuilder();
        var adding = TimeSpan.Zero;
        var counts = new Dictionary<int, int>();
        var terms = new List<TermCount>();
        foreach (var (id, vocabulary, words) in Corpus())
        {
            cancellationToken.ThrowIfCancellationRequested();
            counts.Clear();
            terms.Clear();
            foreach (var word in words)
            {
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }

            foreach (var (word, count) in counts)
            {
                terms.Add(new TermCount(vocabulary[word], count));
            }

            building.Start();
            var start = Stopwatch.GetTimestamp();
            builder.Add(id, CollectionsMarshal.AsSpan(terms), words.Length);
            adding += Stopwatch.GetElapsedTime(start);
            if (builder.DocumentCount == DocumentsPerSegment || id == Documents - 1)
            {
                segments.Add(builder.Build());
                builder = new IndexSegmentBuilder();
            }

            building.Stop();
        }

        var loading = Stopwatch.StartNew();
        var bytes = segments.Sum(static segment => (long)segment.ByteCount);
        segments = [.. segments.Select(static segment => IndexSegment.Load(segment.ToBytes()))];
        await output.WriteLineAsync(
            $"{Documents} documents of {Words} words in {segments.Count} segments: built at {Documents / building.Elapsed.TotalSeconds:F0} documents/s (adding {adding.TotalSeconds:F1} s of {building.Elapsed.TotalSeconds:F1} s), "
            + $"{bytes / 1e6:F1} MB, loaded with every posting checked in {loading.Elapsed.TotalMilliseconds:F0} ms").ConfigureAwait(false);
        return segments;
    }

    // Milliseconds, ascending.
    private static double[] Measure<T>(string[][] queries, Func<string[], T> search)
    {
        var times = new double[queries.Length];
        for (var i = 0; i < queries.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            search(queries[i]);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }

    private static double At(double[] sorted, double part) => sorted[(int)Math.Min(sorted.Length - 1, part * sorted.Length)];
}
