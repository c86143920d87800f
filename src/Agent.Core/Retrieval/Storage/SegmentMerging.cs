using System.Data.Common;
using Agent.Core.Retrieval.Index;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Merges segments in the background as <see cref="MergePolicy"/> says, while documents go on being stored. Its owner calls it one at a time.</summary>
internal sealed class SegmentMerging : IAsyncDisposable
{
    private readonly PassageDatabase _database;
    private readonly WriterTransactions _transactions;
    private readonly CancellationTokenSource _closing = new();

    /// <param name="database">The collection's database.</param>
    /// <param name="transactions">The writer's transactions, which stay the caller's.</param>
    public SegmentMerging(PassageDatabase database, WriterTransactions transactions)
    {
        _database = database;
        _transactions = transactions;
    }

    /// <summary>The merging under way; faulted where one failed, and then no further one begins.</summary>
    public Task Work { get; private set; } = Task.CompletedTask;

    /// <summary>Merges what there is to merge, unless that is under way.</summary>
    public void Start()
    {
        if (Work.IsCompletedSuccessfully)
        {
            Work = Task.Run(() => MergeAsync(_closing.Token), CancellationToken.None);
        }
    }

    /// <summary>Ends a merge that runs; the segments stay as they were, and the next writer merges them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task MergeAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await MergeOnceAsync(cancellationToken).ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception) when (exception is DbException or IndexFormatException)
        {
            throw _database.Explain(exception);
        }
    }

    private async Task<bool> MergeOnceAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<SegmentRow> chosen;
        LiveDocuments[] parts;
        long deletion;

        // A connection of its own: documents go on being stored meanwhile.
        var connection = await _database.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await _database.BeginReadAsync(connection, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var segments = await SegmentTable.ListAsync(transaction, cancellationToken).ConfigureAwait(false);
                var deletions = await transaction.ReadAsync("SELECT id, chunk FROM deletions ORDER BY chunk", static row => (Id: row.GetInt64(0), Chunk: row.GetInt32(1)), cancellationToken).ConfigureAwait(false);
                var gone = deletions.ConvertAll(static row => row.Chunk);
                chosen = MergePolicy.Choose(segments.ConvertAll(row => (row, row.Documents - CountIn(gone, row))));
                deletion = deletions.Count == 0 ? 0 : deletions.Max(static row => row.Id);
                parts = new LiveDocuments[chosen.Count];
                for (var i = 0; i < parts.Length; i++)
                {
                    parts[i] = LiveDocuments.All(await SegmentTable.ReadAsync(transaction, chosen[i].Id, cancellationToken).ConfigureAwait(false)).Without(gone);
                }
            }
        }

        if (chosen.Count == 0)
        {
            return false;
        }

        var merged = SegmentMerger.Merge(parts, cancellationToken);
        var (first, last) = (chosen[0].First, chosen[^1].Last);
        await _transactions.RunAsync(
            async transaction =>
            {
                foreach (var row in chosen)
                {
                    await SegmentTable.DeleteAsync(transaction, row.Id, cancellationToken).ConfigureAwait(false);
                }

                if (merged.DocumentCount > 0)
                {
                    await SegmentTable.WriteAsync(transaction, merged, first, last, cancellationToken).ConfigureAwait(false);
                }

                await transaction.ExecuteAsync(
                    "DELETE FROM deletions WHERE id <= @id AND chunk BETWEEN @first AND @last", cancellationToken, ("@id", deletion), ("@first", first), ("@last", last)).ConfigureAwait(false);
                await _transactions.StoreAsync(transaction, _transactions.Collection, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static int CountIn(List<int> sorted, SegmentRow row)
    {
        return Place(row.Last + 1) - Place(row.First);

        int Place(int chunk)
        {
            var at = sorted.BinarySearch(chunk);
            return at < 0 ? ~at : at;
        }
    }
}
