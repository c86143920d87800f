using Agent.Core.Retrieval.Index;

namespace Agent.Core.Tests.Retrieval.Index;

public sealed class IndexSearcherTests
{
    private static readonly Bm25Options Defaults = new();

    [Theory]
    [InlineData(1, 400, 30)]
    [InlineData(2, 400, 60)]
    [InlineData(3, 60, 700)]
    [InlineData(4, 12, 6000)]
    public void Finds_exactly_what_scoring_every_document_finds(int seed, int rounds, int mostDocuments)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var corpus = new RandomCorpus(random, random.Next(1, 200));
            var model = new ExhaustiveIndex();
            var segments = RandomSegments(random, corpus, model, random.Next(mostDocuments + 1));
            var options = random.Next(3) == 0
                ? new Bm25Options { Saturation = random.NextDouble() * 3, LengthNormalization = random.NextDouble() }
                : Defaults;
            Compare(random, corpus, model, segments, options);

            // Some segments become one; nothing else may change.
            var merged = random.Next(segments.Count + 1);
            var rest = segments.Skip(merged).ToList();
            rest.Add(LiveDocuments.All(SegmentMerger.Merge([.. segments.Take(merged)])));
            Compare(random, corpus, model, rest, options);
        }
    }

    [Fact]
    public void A_document_id_breaks_ties_also_across_segments()
    {
        var odd = Segment(Enumerable.Range(0, 300).Where(id => id % 2 == 1).ToArray());
        var even = Segment(Enumerable.Range(0, 300).Where(id => id % 2 == 0).ToArray());
        var searcher = new IndexSearcher(new IndexSnapshot([LiveDocuments.All(odd), LiveDocuments.All(even)]));
        Assert.Equal(Enumerable.Range(0, 7), searcher.Search(["a"], 7).Select(hit => hit.Document));
    }

    [Fact]
    public void A_repeated_term_weighs_twice()
    {
        var searcher = new IndexSearcher(new IndexSnapshot([LiveDocuments.All(Segment(1, 2, 3))]));
        var once = searcher.Search(["a"], 1)[0].Score;
        Assert.Equal(2 * once, searcher.Search(["a", "a"], 1)[0].Score, 9);
    }

    [Fact]
    public void An_empty_index_and_an_empty_query_find_nothing()
    {
        Assert.Empty(new IndexSearcher(new IndexSnapshot([])).Search(["a"], 10));
        Assert.Empty(new IndexSearcher(new IndexSnapshot([LiveDocuments.All(IndexSegment.Empty)])).Search(["a"], 10));
        var one = new IndexSearcher(new IndexSnapshot([LiveDocuments.All(Segment(5))]));
        Assert.Empty(one.Search([], 10));
        Assert.Empty(one.Search([""], 10));
        Assert.Empty(one.Search([new string('a', 1000)], 10));
        Assert.Equal(5, Assert.Single(one.Search(["a"], int.MaxValue)).Document);
    }

    [Fact]
    public void Deleting_all_documents_leaves_nothing_to_find()
    {
        var live = LiveDocuments.All(Segment(1, 2)).Without([1, 2, 2, 77]);
        Assert.Equal(0, live.Count);
        Assert.Equal(0, live.TotalLength);
        Assert.Empty(new IndexSearcher(new IndexSnapshot([live])).Search(["a"], 3));
        Assert.Equal(0, SegmentMerger.Merge([live]).DocumentCount);
    }

    [Fact]
    public void Extreme_counts_lengths_and_ids_are_scored_as_any_other()
    {
        var builder = new IndexSegmentBuilder();
        var model = new ExhaustiveIndex();
        (int Id, int Count, int Length)[] documents =
            [(0, 1, 0), (1, 1_000_000, 1_000_000), (int.MaxValue, int.MaxValue, int.MaxValue), (int.MaxValue - 1, 1, 1), (7, 3, int.MaxValue)];
        foreach (var (id, count, length) in documents)
        {
            builder.Add(id, [new TermCount("x", count)], length);
            model.Documents[id] = (new Dictionary<string, int> { ["x"] = count }, length);
        }

        var segment = IndexSegment.Load(builder.Build().ToBytes());
        Assert.Equal(model.Search(["x"], 9, Defaults, null), new IndexSearcher(new IndexSnapshot([LiveDocuments.All(segment)])).Search(["x"], 9));
    }

    [Fact]
    public void A_cancelled_token_ends_a_search_before_and_while_it_runs()
    {
        var searcher = new IndexSearcher(new IndexSnapshot([LiveDocuments.All(Segment([.. Enumerable.Range(0, 20_000)]))]));
        Assert.Throws<OperationCanceledException>(() => searcher.Search(["a"], 1, null, new CancellationToken(true)));

        using var source = new CancellationTokenSource();
        var asked = 0;
        Assert.Throws<OperationCanceledException>(() => searcher.Search(["a"], 20_000, id =>
        {
            asked++;
            source.Cancel();
            return true;
        }, source.Token));
        Assert.InRange(asked, 1, 10_000);
    }

    [Fact]
    public async Task Many_searches_may_run_at_once()
    {
        var random = new Random(11);
        var corpus = new RandomCorpus(random, 50);
        var model = new ExhaustiveIndex();
        var segments = RandomSegments(random, corpus, model, 2000);
        var queries = Enumerable.Range(0, 16).Select(_ => corpus.Query(6)).ToArray();
        var searcher = new IndexSearcher(new IndexSnapshot(segments));
        await Task.WhenAll(queries.Select(query => Task.Run(() =>
            Assert.Equal(model.Search(query, 10, Defaults, null), searcher.Search(query, 10))))).WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Queries_and_options_out_of_range_are_refused()
    {
        var searcher = new IndexSearcher(new IndexSnapshot([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => searcher.Search(["a"], 0));
        Assert.Contains("at most 128", Assert.Throws<ArgumentException>(() => searcher.Search([.. Enumerable.Repeat("a", 129)], 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bm25Options { Saturation = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bm25Options { LengthNormalization = 1.1 });
    }

    private static void Compare(Random random, RandomCorpus corpus, ExhaustiveIndex model, List<LiveDocuments> segments, Bm25Options options)
    {
        var searcher = new IndexSearcher(new IndexSnapshot(segments), options);
        Assert.Equal(model.Documents.Count, searcher.Snapshot.DocumentCount);
        for (var i = 0; i < 6; i++)
        {
            var query = corpus.Query(random.Next(4) == 0 ? 32 : 5);
            var count = random.Next(4) switch { 0 => 1, 1 => 10, 2 => random.Next(1, 50), _ => model.Documents.Count + 5 };
            var wanted = new DocumentSet(model.Documents.Keys.Where(_ => random.Next(3) > 0));
            Func<int, bool>? filter = random.Next(2) == 0 ? null : wanted.Contains;
            Assert.Equal(model.Search(query, count, options, filter), searcher.Search(query, count, filter));
        }
    }

    // Ids with gaps in random order, divided among segments at random; some documents are deleted, some of those live on in a later segment.
    private static List<LiveDocuments> RandomSegments(Random random, RandomCorpus corpus, ExhaustiveIndex model, int documents)
    {
        var ids = Enumerable.Range(0, documents).Select(i => (3 * i) + random.Next(3)).ToArray();
        random.Shuffle(ids);
        var builders = Enumerable.Range(0, random.Next(1, 5)).Select(_ => new IndexSegmentBuilder()).ToArray();
        var deleted = builders.Select(_ => new List<int>()).ToArray();
        var deletions = random.Next(3);
        foreach (var id in ids)
        {
            var place = random.Next(builders.Length);
            Add(place);
            if (deletions > 0 && random.Next(deletions * 3) == 0)
            {
                deleted[place].Add(id);
                model.Documents.Remove(id);
                if (place + 1 < builders.Length)
                {
                    Add(place + 1);
                }
            }

            void Add(int at)
            {
                var (terms, length) = corpus.Document(40);
                builders[at].Add(id, terms, length);
                model.Documents[id] = (RandomCorpus.CountsOf(terms), length);
            }
        }

        return [.. builders.Select((builder, i) => LiveDocuments.All(IndexSegment.Load(builder.Build().ToBytes())).Without(deleted[i]))];
    }

    private static IndexSegment Segment(params int[] ids)
    {
        var builder = new IndexSegmentBuilder();
        foreach (var id in ids)
        {
            builder.Add(id, [new TermCount("a", 2)], 10);
        }

        return builder.Build();
    }
}
