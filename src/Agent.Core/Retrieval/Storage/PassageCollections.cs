using System.Collections.Concurrent;
using Agent.Core.Retrieval.Storage.Sqlite;

namespace Agent.Core.Retrieval.Storage;

/// <summary>
/// The collections of one tenant: SQLite files in a folder, one each, so that no query can reach what is another's. A store is opened once and
/// shared. Thread-safe.
/// </summary>
/// <param name="folder">The folder; it need not exist.</param>
public sealed class PassageCollections(string folder) : IPassageCollections
{
    private readonly ConcurrentDictionary<string, PassageStore> _stores = new(StringComparer.Ordinal);

    /// <summary>The folder.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>The names of those that exist, in order.</summary>
    public IReadOnlyList<CollectionName> List() => Directory.Exists(Folder)
        ?
        [
            .. Directory.EnumerateFiles(Folder, "*" + SqlitePassageDatabase.Extension)
                .Select(file => CollectionName.TryParse(Path.GetFileNameWithoutExtension(file), out var name) ? name : null)
                .OfType<CollectionName>()
                .OrderBy(name => name.Value, StringComparer.Ordinal),
        ]
        : [];

    /// <inheritdoc/>
    Task<IReadOnlyList<CollectionName>> IPassageCollections.ListAsync(CancellationToken cancellationToken) => Task.FromResult(List());

    /// <summary>A collection, which need not exist yet. It belongs to this object.</summary>
    /// <param name="name">Its name.</param>
    public PassageStore Get(CollectionName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _stores.GetOrAdd(name.Value, value => new PassageStore(new SqlitePassageDatabase(Path.Combine(Folder, value + SqlitePassageDatabase.Extension))));
    }

    /// <summary>
    /// Removes a collection with everything in it; the file of its lock stays. A store of it that somebody still has, here, is of no use then; other
    /// processes find that it is gone, or filled anew, with their next search.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="RetrievalException">There is none, somebody writes to it, or its files cannot be removed.</exception>
    public async Task RemoveAsync(CollectionName name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var file = Path.Combine(Folder, name.Value + SqlitePassageDatabase.Extension);
        ThrowIfMissing(name, file);
        var database = new SqlitePassageDatabase(file);
        await using (database.ConfigureAwait(false))
        {
            // The file of the lock stays for ever: whoever has it open would otherwise lock a file that nobody else finds.
            var @lock = await database.LockAsync(cancellationToken).ConfigureAwait(false);
            await using (@lock.ConfigureAwait(false))
            {
                ThrowIfMissing(name, file);
                if (_stores.TryRemove(name.Value, out var store))
                {
                    await store.DisposeAsync().ConfigureAwait(false);
                }

                try
                {
                    foreach (var ending in new[] { string.Empty, "-wal", "-shm" })
                    {
                        File.Delete(file + ending);
                    }
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    throw new RetrievalException($"Collection '{name}' cannot be removed: {exception.Message.TrimEnd('.')}. Close what has it open and try again.", exception);
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores.Values)
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }

        _stores.Clear();
    }

    private void ThrowIfMissing(CollectionName name, string file)
    {
        if (!File.Exists(file))
        {
            throw new RetrievalException($"There is no collection '{name}' in {Folder}.");
        }
    }
}
