using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Tests.Retrieval.Storage;
using Agent.Tools.Tests.Sql.Postgres;
using Npgsql;

namespace Agent.Tools.Tests.Passages;

/// <summary>A writer that is killed, loses its lock or is cancelled leaves whole documents.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresPassageWriterTests(PostgresServer server) : IAsyncLifetime
{
    private const string Waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'librarian' AND wait_event_type = 'Lock'";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly PassageTenant _tenant = server.NewTenant();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _tenant.DisposeAsync();

    [PostgresTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_writer_killed_in_the_middle_of_a_document_leaves_whole_documents(bool replaces)
    {
        var (first, second) = (_tenant.Host().Get(PassageTenant.Things), _tenant.Host().Get(PassageTenant.Things));
        var writer = await first.OpenWriterAsync();
        await writer.PutAsync(StoredText.Of("a", "The pump is red."));
        if (replaces)
        {
            await writer.PutAsync(StoredText.Of("b", "The old pump is green."));
        }

        var put = await BlockAsync(() => writer.PutAsync(StoredText.Of("b", "The pump is blue.\n\nThe fan is grey.")), async () =>
            Assert.Equal("true", (await _tenant.ValueAsync("SELECT bool_and(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'librarian' AND wait_event_type = 'Lock'")).ToLowerInvariant()));

        var problem = (await Assert.ThrowsAsync<RetrievalException>(() => put.WaitAsync(Limit))).Message;
        Assert.Contains("terminating connection due to administrator command (SQLSTATE 57P01)", problem, StringComparison.Ordinal);
        Assert.Contains("the connection was lost", (await Assert.ThrowsAsync<RetrievalException>(() => writer.PutAsync(StoredText.Of("c", "The fan is grey.")))).Message, StringComparison.Ordinal);
        Assert.Empty(await second.SearchAsync("fan"));
        Assert.Equal(replaces ? ["a", "b"] : ["a"], await second.SourcesAsync("pump"));
        Assert.Equal("0", await _tenant.ValueAsync($"SELECT count(*) FROM {_tenant.Schema(PassageTenant.Things)}.chunks WHERE document NOT IN (SELECT id FROM {_tenant.Schema(PassageTenant.Things)}.documents)"));

        await writer.DisposeAsync();
        await using var next = await second.OpenWriterAsync();
        await next.PutAsync(StoredText.Of("b", "The pump is blue.\n\nThe fan is grey."));
        Assert.Equal(["a", "b"], await first.SourcesAsync("pump"));
    }

    [PostgresFact]
    public async Task A_writer_whose_lock_is_lost_cannot_write_beside_the_next_one()
    {
        var (first, second) = (_tenant.Host().Get(PassageTenant.Things), _tenant.Host().Get(PassageTenant.Things));
        await using var writer = await first.OpenWriterAsync();
        await writer.PutAsync(StoredText.Of("a", "The pump is red."));

        // The lock goes while a document is on its way: it is stored as a whole before the next writer gets in, and none after it.
        Task<PassageWriter> opening = null!;
        var put = await BlockAsync(() => writer.PutAsync(StoredText.Of("b", "The pump is blue.")), async () =>
        {
            await _tenant.ValueAsync("SELECT bool_and(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'");
            await server.WaitForAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");
            opening = second.OpenWriterAsync();
            await server.WaitForAsync(Waiting, "2");
            Assert.False(opening.IsCompleted);
        });
        await put.WaitAsync(Limit);
        await using var next = await opening.WaitAsync(Limit);

        var exception = await Assert.ThrowsAsync<RetrievalException>(() => writer.PutAsync(StoredText.Of("c", "The pump is green.")));
        Assert.Matches("is being written by another process since|the connection was lost", exception.Message);
        await next.PutAsync(StoredText.Of("d", "The pump is white."));
        await Assert.ThrowsAsync<RetrievalException>(() => writer.RemoveAsync("a"));
        Assert.Equal(["a", "b", "d"], await first.SourcesAsync("pump"));
        Assert.Equal(["a", "b", "d"], await second.SourcesAsync("pump"));
    }

    [PostgresFact]
    public async Task A_writer_whose_lock_is_lost_stops_also_where_nobody_else_writes()
    {
        var (first, second) = (_tenant.Host().Get(PassageTenant.Things), _tenant.Host().Get(PassageTenant.Things));
        await using var writer = await first.OpenWriterAsync();
        await writer.PutAsync(StoredText.Of("a", "The pump is red."));
        await _tenant.ValueAsync("SELECT bool_and(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'");
        await server.WaitForAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "0");

        var exception = await Assert.ThrowsAsync<RetrievalException>(() => writer.PutAsync(StoredText.Of("b", "The pump is blue.")));
        Assert.EndsWith("the connection was lost. What was stored is whole; begin the work again, and it goes on from there.", exception.Message, StringComparison.Ordinal);
        await second.PutAsync(StoredText.Of("c", "The pump is green."));
        Assert.Equal(["a", "c"], await first.SourcesAsync("pump"));
    }

    [PostgresFact]
    public async Task A_document_that_is_cancelled_at_the_server_leaves_the_writer_fit_for_the_next()
    {
        var store = _tenant.Host().Get(PassageTenant.Things);
        await using var writer = await store.OpenWriterAsync();
        await writer.PutAsync(StoredText.Of("a", "The pump is red."));
        using var cancel = new CancellationTokenSource();
        Task refused = null!;
        var put = await BlockAsync(
            () => writer.PutAsync(StoredText.Of("a", "The pump is blue."), cancel.Token),
            async () =>
            {
                refused = Task.Run(cancel.Cancel);
                await server.WaitForAsync(Waiting, "0");
            });
        await refused.WaitAsync(Limit);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => put.WaitAsync(Limit));

        await writer.PutAsync(StoredText.Of("b", "The pump is green."));
        Assert.Equal(["a", "b"], await store.SourcesAsync("pump"));
        Assert.Single(await store.SearchAsync("red"));
    }

    /// <summary>Starts to store a document, and does something while its chunks wait for a lock.</summary>
    private async Task<Task> BlockAsync(Func<Task> put, Func<Task> meanwhile)
    {
        Task putting;
        await using (var admin = new NpgsqlConnection(server.Connection("admin", "passages") + ";Pooling=false"))
        {
            await admin.OpenAsync();
            await using var transaction = await admin.BeginTransactionAsync();
            await using (var command = new NpgsqlCommand($"LOCK TABLE {_tenant.Schema(PassageTenant.Things)}.chunks IN EXCLUSIVE MODE", admin))
            {
                await command.ExecuteNonQueryAsync();
            }

            putting = put();
            await server.WaitForAsync(Waiting, "1");
            await meanwhile();
        }

        return putting;
    }
}
