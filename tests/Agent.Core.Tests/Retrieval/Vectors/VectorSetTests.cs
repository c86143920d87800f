using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Vectors;

namespace Agent.Core.Tests.Retrieval.Vectors;

public sealed class VectorSetTests
{
    // Double precision throughout: only the order in which products are added differs.
    private const double Rounding = 1e-12;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 33)]
    [InlineData(4, 384)]
    public void Finds_what_comparing_every_vector_finds_through_additions_and_removals(int seed, int dimensions)
    {
        var random = new Random(seed);
        var vectors = new RandomVectors(seed, dimensions);
        var set = new VectorSet(dimensions);
        var model = new Dictionary<int, float[]>();
        var next = 0;
        for (var round = 0; round < 60; round++)
        {
            List<VectorRow> added = [];
            for (var i = random.Next(60); i > 0; i--)
            {
                var vector = vectors.Next();
                next += random.Next(1, 3);
                added.Add(VectorRow.Of(next, vector));
                model[next] = VectorEncoding.Decode(added[^1].Bytes.Span);
            }

            set = set.Add(added.OrderBy(_ => random.Next()));
            int[] removed = [.. model.Keys.Where(_ => random.Next(4) == 0), -5, next + 1000];
            set = set.Remove(id => removed.Contains(id));
            removed.ToList().ForEach(id => model.Remove(id));

            Assert.Equal(model.Count, set.Count);
            Assert.All(removed, id => Assert.False(set.Contains(id)));
            Assert.All(model.Keys, id => Assert.True(set.Contains(id)));
            var query = vectors.Next();
            var wanted = random.Next(1, 30);
            AssertSame(ExhaustiveSearch.Find(model, query, wanted), set.Search(query, wanted));
            AssertSame(ExhaustiveSearch.Find(model.Where(row => row.Key % 3 == 0), query, wanted), set.Search(query, wanted, id => id % 3 == 0));
            AssertSame(ExhaustiveSearch.Find(model, query, model.Count), set.Search(query, int.MaxValue));
        }
    }

    [Theory]
    [InlineData(384, 0)]
    [InlineData(384, 0.01f)]
    [InlineData(384, 0.05f)]
    [InlineData(384, 0.5f)]
    [InlineData(1024, 0)]
    [InlineData(1024, 0.3f)]
    public void The_ten_best_are_those_of_float32_on_random_and_on_clustered_vectors(int dimensions, float spread)
    {
        const int Rows = 6000;
        const int Clusters = 40;
        var vectors = new RandomVectors(dimensions, dimensions);
        var centres = Enumerable.Range(0, Clusters).Select(_ => vectors.Next()).ToArray();
        var rows = Enumerable.Range(0, Rows).ToDictionary(id => id, id => spread == 0 ? vectors.Next() : vectors.Near(centres[id % Clusters], spread));
        var set = new VectorSet(dimensions).Add(rows.Select(row => VectorRow.Of(row.Key, row.Value)));
        for (var i = 0; i < 20; i++)
        {
            var query = spread == 0 ? vectors.Next() : vectors.Near(centres[i], spread);

            var expected = ExhaustiveSearch.Find(rows, query, 10);
            var found = set.Search(query, 10);

            Assert.Equal(expected.Select(hit => hit.Document).Order(), found.Select(hit => hit.Document).Order());
            Assert.All(expected, hit => Assert.Equal(hit.Score, found.Single(other => other.Document == hit.Document).Score, 1e-7));
        }
    }

    [Fact]
    public void A_large_set_is_searched_by_several_threads_with_the_same_result()
    {
        const int Dimensions = 384;
        const int Rows = 30_000;
        var vectors = new RandomVectors(9, Dimensions);
        var rows = Enumerable.Range(0, Rows).Select(id => VectorRow.Of(id, vectors.Next())).ToList();
        var whole = new VectorSet(Dimensions).Add(rows);
        var halves = rows.Chunk(5_000).Select(part => new VectorSet(Dimensions).Add(part)).ToList();
        Assert.True((long)Rows * Dimensions > 2 << 22);
        for (var i = 0; i < 5; i++)
        {
            var query = vectors.Next();
            Assert.Equal(
                halves.SelectMany(half => half.Search(query, 25)).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Document).Take(25),
                whole.Search(query, 25));
        }

        Assert.Throws<InvalidTimeZoneException>(() => whole.Search(vectors.Next(), 5, _ => throw new InvalidTimeZoneException()));
        using var cancellation = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => whole.Search(
            vectors.Next(),
            5,
            _ =>
            {
                cancellation.Cancel();
                return true;
            },
            cancellation.Token));
    }

    [Fact]
    public void Equal_cosines_are_ordered_by_id()
    {
        float[] vector = [1, 2, 3, 4];
        var set = new VectorSet(4).Add([VectorRow.Of(9, vector), VectorRow.Of(3, vector)]).Add([VectorRow.Of(5, vector), VectorRow.Of(1, [-1, -2, -3, -4])]);

        Assert.Equal([3, 5, 9, 1], set.Search([2, 4, 6, 8], 10).Select(hit => hit.Document));
        Assert.Equal([3, 5], set.Search(vector, 2).Select(hit => hit.Document));
        Assert.Equal(-1, set.Search(vector, 4)[3].Score, Rounding);
    }

    [Fact]
    public void Snapshots_share_blocks_and_never_change()
    {
        var vectors = new RandomVectors(5, 8);
        var first = new VectorSet(8).Add(Rows(vectors, 0, 1000));
        var query = vectors.Next();
        var before = first.Search(query, 1000);

        var second = first.Add(Rows(vectors, 1000, 100));
        var third = second.Remove(id => id < 10);

        Assert.Same(first.Blocks[0], second.Blocks[0]);
        Assert.Same(first.Blocks[0].Block, third.Blocks[0].Block);
        Assert.Equal([1000, 1100, 1090], [first.Count, second.Count, third.Count]);
        Assert.Equal(before, first.Search(query, 1000));
        Assert.Same(second.Blocks[1], third.Blocks[1]);
    }

    [Fact]
    public void Rows_that_are_gone_are_dropped_when_they_are_a_third()
    {
        var set = new VectorSet(8).Add(Rows(new RandomVectors(5, 8), 0, 900));

        var masked = set.Remove(id => id < 300);
        var packed = set.Remove(id => id < 301);

        Assert.Equal(900, masked.Blocks.Sum(block => block.Block.RowCount));
        Assert.Equal(599, packed.Blocks.Sum(block => block.Block.RowCount));
        Assert.Equal(600, masked.Count);
        Assert.Empty(set.Remove(id => id < 900).Blocks);
    }

    [Fact]
    public void Many_small_additions_do_not_make_many_blocks()
    {
        var vectors = new RandomVectors(6, 8);
        var set = new VectorSet(8);
        for (var id = 0; id < 2000; id++)
        {
            set = set.Add(Rows(vectors, id, 1));
        }

        Assert.Equal(2000, set.Count);
        Assert.InRange(set.Blocks.Count, 1, 12);
    }

    [Fact]
    public void What_cannot_be_added_is_named()
    {
        var set = new VectorSet(2).Add([VectorRow.Of(7, [1, 0])]);

        Assert.Contains("vector of 7 already", Assert.Throws<ArgumentException>(() => set.Add([VectorRow.Of(7, [0, 1])])).Message, StringComparison.Ordinal);
        Assert.Contains("vector of 8 already", Assert.Throws<ArgumentException>(() => set.Add([VectorRow.Of(8, [0, 1]), VectorRow.Of(8, [0, 1])])).Message, StringComparison.Ordinal);
        Assert.Contains("-1 is negative", Assert.Throws<ArgumentException>(() => set.Add([VectorRow.Of(-1, [0, 1])])).Message, StringComparison.Ordinal);
        Assert.Contains("vector of 9 has 12 bytes", Assert.Throws<ArgumentException>(() => set.Add([VectorRow.Of(9, [0, 1, 2])])).Message, StringComparison.Ordinal);
        Assert.Contains("vector of 9 cannot be used", Assert.Throws<ArgumentException>(() => set.Add([new VectorRow(9, new byte[8])])).Message, StringComparison.Ordinal);
        Assert.Contains("vector of 9 is of length 4.59E-41", Assert.Throws<ArgumentException>(() => set.Add([new VectorRow(9, new byte[] { 0, 0x80, 0, 0, 0, 0, 0, 0 })])).Message, StringComparison.Ordinal);
        Assert.Contains("not a finite number", Assert.Throws<ArgumentException>(() => set.Add([new VectorRow(9, new byte[] { 0, 0, 0x80, 0x7f, 0, 0, 0, 0 })])).Message, StringComparison.Ordinal);
        Assert.Equal(1, set.Count);
    }

    [Fact]
    public void What_cannot_be_searched_is_refused()
    {
        var set = new VectorSet(2).Add([VectorRow.Of(7, [1, 0])]);

        Assert.Contains("3 components and the vectors have 2", Assert.Throws<ArgumentException>(() => set.Search([1, 2, 3], 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => set.Search([0, 0], 1));
        Assert.Throws<ArgumentException>(() => set.Search([float.NaN, 0], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Search([1, 0], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VectorSet(0));
        Assert.Throws<OperationCanceledException>(() => set.Search([1, 0], 1, null, new CancellationToken(canceled: true)));
        Assert.Empty(new VectorSet(2).Search([1, 0], 5));
    }

    private static IEnumerable<VectorRow> Rows(RandomVectors vectors, int from, int count) =>
        Enumerable.Range(from, count).Select(id => VectorRow.Of(id, vectors.Next()));

    private static void AssertSame(SearchHit[] expected, IReadOnlyList<SearchHit> actual)
    {
        Assert.Equal(expected.Length, actual.Count);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Score, actual[i].Score, Rounding);

            // In one dimension all cosines are 1 or -1, up to rounding: the order among those is by id in both.
            Assert.True(expected[i].Document == actual[i].Document || actual.Any(hit => hit.Document == expected[i].Document && Math.Abs(hit.Score - expected[i].Score) < Rounding));
        }
    }
}
