using System.Buffers.Binary;
using System.Diagnostics;
using Agent.Core.Retrieval.Index;

namespace Agent.Core.Tests.Retrieval.Index;

public sealed class IndexSegmentTests
{
    [Fact]
    public void A_loaded_segment_has_the_same_bytes_documents_and_terms()
    {
        var segment = Random(1, 1000);
        var loaded = IndexSegment.Load(segment.ToBytes().ToArray());
        Assert.Equal(segment.ToBytes().ToArray(), loaded.ToBytes().ToArray());
        Assert.Equal(segment.DocumentIds.ToArray(), loaded.DocumentIds.ToArray());
        Assert.Equal(segment.TotalLength, loaded.TotalLength);
        Assert.Equal(segment.TermCount, loaded.TermCount);
        Assert.True(segment.TermCount > 40);
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(segment.DocumentFrequency("t" + i), loaded.DocumentFrequency("t" + i));
        }
    }

    [Fact]
    public void An_empty_segment_loads()
    {
        var loaded = IndexSegment.Load(IndexSegment.Empty.ToBytes());
        Assert.Equal(0, loaded.DocumentCount);
        Assert.Equal(0, loaded.DocumentFrequency("a"));
    }

    [Fact]
    public void Terms_of_any_characters_stay_apart()
    {
        string[] terms = ["a", "ab", "abc", "\0", "\uD800", "\uDC00", "\uD83D\uDE00", "\uFFFD", "\uFFFF", "中", "中文", new string('x', 256), new string('x', 255)];
        var builder = new IndexSegmentBuilder();
        for (var i = 0; i < terms.Length; i++)
        {
            builder.Add(i, [.. terms.Take(i + 1).Select(term => new TermCount(term, 1))], i + 1);
        }

        var loaded = IndexSegment.Load(builder.Build().ToBytes());
        Assert.Equal(terms.Length, loaded.TermCount);
        Assert.Equal(Enumerable.Range(0, terms.Length).Select(i => terms.Length - i), terms.Select(term => loaded.DocumentFrequency(term)));
        Assert.Equal(0, loaded.DocumentFrequency("\uD801"));
    }

    [Fact]
    public void A_segment_does_not_depend_on_the_order_in_which_documents_and_terms_were_added()
    {
        var random = new Random(3);
        var corpus = new RandomCorpus(random, 80);
        var documents = Enumerable.Range(0, 500).Select(i => (Id: 2 * i, Document: corpus.Document(60))).ToArray();
        var sorted = Build(documents);
        random.Shuffle(documents);
        Assert.Equal(sorted.ToBytes().ToArray(), Build([.. documents.Select(d => (d.Id, (d.Document.Terms.Reverse().ToArray(), d.Document.Length)))]).ToBytes().ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Merging_gives_what_building_from_the_living_documents_gives(int seed)
    {
        var random = new Random(seed);
        var corpus = new RandomCorpus(random, 100);
        var documents = Enumerable.Range(0, 900).Select(i => (Id: (5 * i) + random.Next(5), Document: corpus.Document(50))).ToArray();
        var dead = documents.Where(_ => random.Next(4) == 0).Select(d => d.Id).ToHashSet();
        var expected = Build([.. documents.Where(d => !dead.Contains(d.Id))]);

        var parts = documents.GroupBy(_ => random.Next(4)).Select(group => LiveDocuments.All(Build([.. group])).Without(dead)).ToArray();
        Assert.Equal(expected.ToBytes().ToArray(), SegmentMerger.Merge(parts).ToBytes().ToArray());
    }

    [Fact]
    public void A_document_that_lives_twice_is_not_merged()
    {
        var live = LiveDocuments.All(Random(1, 10));
        Assert.Contains("lives in two", Assert.Throws<ArgumentException>(() => SegmentMerger.Merge([live, live])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_documents_are_refused_and_change_nothing()
    {
        var builder = new IndexSegmentBuilder();
        builder.Add(1, [new TermCount("a", 1), new TermCount("a", 2)], 3);
        Assert.Throws<ArgumentException>(() => builder.Add(1, [], 0));
        Assert.Throws<ArgumentException>(() => builder.Add(2, [new TermCount("a", 1), new TermCount("", 1)], 2));
        Assert.Throws<ArgumentException>(() => builder.Add(2, [new TermCount(new string('a', 257), 1)], 2));
        Assert.Throws<ArgumentException>(() => builder.Add(2, [new TermCount(null!, 1)], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(2, [new TermCount("a", 0)], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(-1, [], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(2, [], -1));
        var segment = builder.Build();
        Assert.Equal((1, 1, 1), (segment.DocumentCount, segment.TermCount, segment.DocumentFrequency("a")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damaged_bytes_are_one_kind_of_exception_or_a_segment_that_is_searched_correctly(bool withRightChecksum)
    {
        var random = new Random(17);
        byte[][] originals = [Random(5, 1).ToBytes().ToArray(), Random(6, 40).ToBytes().ToArray(), Random(7, 400).ToBytes().ToArray()];
        var (loaded, refused) = (0, 0);
        var time = Stopwatch.StartNew();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = Mutate(random, originals[i % originals.Length]);
            if (withRightChecksum && bytes.Length >= SegmentHeader.Size)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), SegmentHeader.Checksum(bytes.AsSpan(16)));
            }

            try
            {
                var live = LiveDocuments.All(IndexSegment.Load(bytes));
                loaded++;
                var searcher = new IndexSearcher(new IndexSnapshot([live]));
                Assert.Equal(searcher.Search(["t0", "t1", "t5"], int.MaxValue).Take(5), searcher.Search(["t0", "t1", "t5"], 5));
                SegmentMerger.Merge([live]);
            }
            catch (IndexFormatException)
            {
                refused++;
            }
        }

        Assert.True(refused > 1000, $"{refused} refused");
        Assert.True(withRightChecksum ? loaded > 100 : loaded < 10, $"{loaded} loaded");
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 10_000L * 1_000_000);
    }

    [Fact]
    public void A_header_that_promises_much_allocates_nothing()
    {
        var bytes = IndexSegment.Empty.ToBytes().ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), int.MaxValue);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), SegmentHeader.Checksum(bytes.AsSpan(16)));
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<IndexFormatException>(() => IndexSegment.Load(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 100_000);
    }

    [Fact]
    public void Maxima_that_are_too_low_are_refused()
    {
        var builder = new IndexSegmentBuilder();
        for (var i = 0; i < 128; i++)
        {
            builder.Add(i, [new TermCount("a", 1)], 10);
        }

        // The postings: the directory's length, last ordinal, two widths, one impact of count 1 and length 10; no packed bits.
        var bytes = builder.Build().ToBytes().ToArray();
        Assert.Equal([6, 0, 0, 0, 1, 1, 10], bytes[^7..]);
        bytes[^1] = 11;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), SegmentHeader.Checksum(bytes.AsSpan(16)));
        Assert.Contains("maxima", Assert.Throws<IndexFormatException>(() => IndexSegment.Load(bytes)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, "a", 1, 1)]
    [InlineData(1, "a", 1, -1)]
    [InlineData(1, "a", 0, 1)]
    [InlineData(1, "", 1, 1)]
    public void A_delta_refuses_what_a_builder_refuses_and_keeps_what_it_has(int document, string term, int count, int length)
    {
        var delta = new DeltaSegment();
        delta.Set(1, [new TermCount("kept", 1)], 1);

        var expected = Assert.ThrowsAny<ArgumentException>(() => new IndexSegmentBuilder().Add(document, [new TermCount(term, count)], length));
        var refused = Assert.ThrowsAny<ArgumentException>(() => delta.Set(document, [new TermCount(term, count)], length));

        Assert.Equal((expected.GetType(), expected.Message), (refused.GetType(), refused.Message));
        Assert.Equal(1, delta.Freeze().DocumentFrequency("kept"));
    }

    [Fact]
    public void Numbers_take_as_many_bytes_as_is_said_of_them()
    {
        var bytes = new byte[VariableByte.MaxSize];
        foreach (var value in Enumerable.Range(0, 31).SelectMany(bit => (int[])[(1 << bit) - 1, 1 << bit]).Append(int.MaxValue))
        {
            var size = VariableByte.Write(bytes, value);
            var reader = new ByteReader(bytes.AsSpan(0, size));

            Assert.Equal(VariableByte.SizeOf(value), size);
            Assert.Equal((value, 0), (reader.ReadNumber(), reader.Remaining));
        }
    }

    [Fact]
    public void A_delta_replaces_removes_and_freezes_once_for_each_change()
    {
        var delta = new DeltaSegment();
        delta.Set(3, [new TermCount("a", 1)], 1);
        delta.Set(1, [new TermCount("b", 1)], 1);
        delta.Set(3, [new TermCount("c", 1)], 1);
        var frozen = delta.Freeze();
        Assert.Same(frozen, delta.Freeze());
        Assert.Equal([1, 3], frozen.DocumentIds.ToArray());
        Assert.Equal((0, 1), (frozen.DocumentFrequency("a"), frozen.DocumentFrequency("c")));
        Assert.True(delta.Remove(3));
        Assert.False(delta.Remove(3));
        Assert.Equal([1], delta.Freeze().DocumentIds.ToArray());
        Assert.Throws<ArgumentException>(() => delta.Set(9, [new TermCount("", 1)], 1));
        delta.Clear();
        Assert.Equal((0, 0), (delta.DocumentCount, delta.Freeze().DocumentCount));
        Assert.Equal(2, frozen.DocumentCount);
    }

    [Fact]
    public void Blocks_of_every_width_unpack_to_what_was_packed()
    {
        var random = new Random(8);
        var (values, unpacked) = (new int[128], new int[128]);
        for (var bits = 0; bits <= 31; bits++)
        {
            var packed = new byte[BitPacking.PackedBytes(bits)];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = (int)(random.NextInt64(int.MaxValue) & ((1L << bits) - 1));
            }

            BitPacking.Pack(values, bits, packed);
            BitPacking.Unpack(packed, bits, unpacked);
            Assert.Equal(values, unpacked);
        }

        Array.Fill(values, 2);
        BitPacking.SumGaps(values, 10);
        Assert.Equal(Enumerable.Range(1, 128).Select(i => 10 + (3 * i)), values);
    }

    [Fact]
    public void A_frontier_bounds_every_impact_that_it_replaces()
    {
        var random = new Random(21);
        for (var round = 0; round < 500; round++)
        {
            var all = Enumerable.Range(0, random.Next(1, 129)).Select(_ => new Impact(random.Next(1, 200), random.Next(400))).ToArray();
            var frontier = all.ToArray();
            var kept = ImpactFrontier.Reduce(frontier);
            Assert.InRange(kept, 1, ImpactFrontier.MaxImpacts);
            Assert.All(all, impact => Assert.Contains(frontier[..kept], bound => bound.Count >= impact.Count && bound.Length <= impact.Length));
        }
    }

    private static byte[] Mutate(Random random, byte[] original)
    {
        var bytes = original.ToArray();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            switch (random.Next(8))
            {
                case 0:
                    bytes = bytes[..random.Next(bytes.Length)];
                    break;
                case 1:
                    bytes = [.. bytes, (byte)random.Next(256)];
                    break;
                case 2:
                    random.NextBytes(bytes.AsSpan(Math.Max(0, bytes.Length - random.Next(1, 9))));
                    break;
                default:
                    if (bytes.Length > 0)
                    {
                        bytes[random.Next(bytes.Length)] = (byte)(random.Next(3) == 0 ? 255 : random.Next(256));
                    }

                    break;
            }
        }

        return bytes;
    }

    private static IndexSegment Random(int seed, int documents)
    {
        var corpus = new RandomCorpus(new Random(seed), 60);
        return Build([.. Enumerable.Range(0, documents).Select(i => ((3 * i) + 1, corpus.Document(50)))]);
    }

    private static IndexSegment Build((int Id, (TermCount[] Terms, int Length) Document)[] documents)
    {
        var builder = new IndexSegmentBuilder();
        foreach (var (id, (terms, length)) in documents)
        {
            builder.Add(id, terms, length);
        }

        return builder.Build();
    }
}
