using Agent.Core.Retrieval;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>Readers and writers that go on while the collection changes under them.</summary>
public abstract class PassageChangeContract : PassageStoreSuite
{
    [StoreTheory]
    [InlineData(7)]
    [InlineData(2, 7)]
    [InlineData(0, 1, 2, 3, 4, 5, 6)]
    public async Task A_reader_follows_where_a_segment_ends_inside_what_it_has_seen(params int[] removed)
    {
        await using var writer = await Store.OpenWriterAsync();
        for (var i = 0; i < 8; i++)
        {
            await writer.PutAsync(StoredText.Of($"d{i}", $"The pump number {i} is red."));
        }

        Assert.Equal(8, (await SearchAsync("pump", 100)).Count);
        foreach (var number in removed)
        {
            Assert.True(await writer.RemoveAsync($"d{number}"));
        }

        await writer.CompleteAsync();

        var expected = Enumerable.Range(0, 8).Except(removed).Select(i => $"d{i}");
        Assert.Equal(expected, (await SearchAsync("pump", 100)).Select(hit => hit.Passage.Source).Order(StringComparer.Ordinal));
    }

    [StoreFact]
    public async Task A_reader_follows_where_the_next_writer_makes_a_segment_of_a_part_of_what_waits()
    {
        await LeaveWaitingAsync(20);
        Assert.Equal(20, (await SearchAsync("pump", 100)).Count);

        await using (await Store.OpenWriterAsync())
        {
            Assert.Equal(20, (await SearchAsync("pump", 100)).Count);
        }

        Assert.Equal(20, (await CountAsync()).Passages);
    }

    [StoreFact]
    public async Task What_waits_is_read_in_parts_of_a_segment_each()
    {
        await LeaveWaitingAsync(40);

        Assert.Equal(3, (await CountAsync()).Segments);
        Assert.Equal(40, (await SearchAsync("pump", 100)).Count);
    }

    [StoreFact]
    public async Task Many_small_changes_make_few_segments_in_memory_beside_the_whole_ones()
    {
        await LeaveWaitingAsync(40);
        await using var other = OpenStore(segmentChunks: 64);
        await using var writer = await other.OpenWriterAsync();
        for (var i = 0; i < 20; i++)
        {
            await writer.PutAsync(StoredText.Of($"e{i}", $"The pump letter {i} is blue."));
            Assert.Equal(41 + i, (await SearchAsync("pump", 100)).Count);
            Assert.InRange((await CountAsync()).Segments, 1, 12);
        }
    }

    [StoreFact]
    public async Task A_hit_whose_passage_is_missing_is_reported()
    {
        await PutAsync(StoredText.Of("a", "The pump is red."), StoredText.Of("b", "The pump is blue."));
        Assert.Equal(2, (await SearchAsync("pump")).Count);

        await ChangeAsync("DELETE FROM chunks WHERE id = 1");
        var exception = await Assert.ThrowsAsync<RetrievalException>(() => SearchAsync("pump"));

        Assert.Equal($"The index of collection '{Store.Name}' is damaged: it names passages that the collection does not have. Remove the collection and ingest again.", exception.Message);
    }

    [StoreFact]
    public async Task A_document_is_stored_or_not_whatever_becomes_of_the_segment()
    {
        await using var writer = await Store.OpenWriterAsync();
        for (var i = 0; i < 15; i++)
        {
            await writer.PutAsync(StoredText.Of($"d{i}", $"The pump number {i} is red."));
        }

        await ChangeAsync("DROP TABLE segment_pages");
        await writer.PutAsync(StoredText.Of("d15", "The pump number 15 is red."));
        await Assert.ThrowsAsync<RetrievalException>(() => writer.PutAsync(StoredText.Of("d16", "The pump number 16 is red.")));

        Assert.Equal(16, (await writer.ReadStampsAsync()).Count);
        Assert.Equal(16, (await SearchAsync("pump", 100)).Count);
    }

    /// <summary>Stores chunks that are in no segment when the writer has gone.</summary>
    private async Task LeaveWaitingAsync(int chunks)
    {
        await using var store = OpenStore(segmentChunks: 4 * chunks);
        await using var writer = await store.OpenWriterAsync();
        for (var i = 0; i < chunks; i++)
        {
            await writer.PutAsync(StoredText.Of($"d{i}", $"The pump number {i} is red."));
        }
    }
}
