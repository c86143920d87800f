using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Agent.Core.Retrieval.Ingest;

/// <summary>Ingests files whenever they change. What the system does not tell (links, shares, lost events) is found by looking again now and then.</summary>
/// <param name="ingestion">Does the work; used by nobody else meanwhile.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class IngestWatch(Ingestion ingestion, TimeProvider? time = null)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookAgainUnwatched = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Ingests the paths now, and again after each change, until it is cancelled.</summary>
    /// <param name="paths">Files and folders; relative ones lie in the current folder.</param>
    /// <param name="progress">Told after each file; must return at once.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>The report of the first run, then of each in which something changed or other problems came up.</returns>
    /// <exception cref="RetrievalException">The collection cannot be written.</exception>
    public async IAsyncEnumerable<IngestReport> RunAsync(
        IReadOnlyList<string> paths, IProgress<IngestProgress>? progress = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var full = paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).ToList();
        var watchers = full.ConvertAll(path => TryWatch(path, () => changes.Writer.TryWrite(true)));
        try
        {
            // Watching begins before the first run, so that no change falls between the two.
            var last = await ingestion.RunAsync(full, progress, cancellationToken).ConfigureAwait(false);
            yield return last;
            while (true)
            {
                await WaitAsync(changes.Reader, watchers.Contains(null) ? LookAgainUnwatched : LookAgain, cancellationToken).ConfigureAwait(false);
                var report = await ingestion.RunAsync(full, progress, cancellationToken).ConfigureAwait(false);
                if (report.Added + report.Updated + report.Removed > 0 || !report.Problems.SequenceEqual(last.Problems))
                {
                    yield return report;
                }

                last = report;
            }
        }
        finally
        {
            foreach (var watcher in watchers)
            {
                watcher?.Dispose();
            }
        }
    }

    /// <summary>Waits for a change, and then until no more come: a program that saves a file, or copies many, is let finish.</summary>
    private async Task WaitAsync(ChannelReader<bool> changes, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (!await ChangesWithinAsync(changes, longest, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var since = _time.GetTimestamp();
        while (_time.GetElapsedTime(since) < MaxWait && await ChangesWithinAsync(changes, Quiet, cancellationToken).ConfigureAwait(false))
        {
        }
    }

    private async Task<bool> ChangesWithinAsync(ChannelReader<bool> changes, TimeSpan span, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(span, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await changes.ReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Null where the system cannot watch: the folder is not there, or it watches too many already.</summary>
    private static FileSystemWatcher? TryWatch(string path, Action changed)
    {
        var isFolder = Directory.Exists(path);
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = isFolder ? new FileSystemWatcher(path) : new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path));
            watcher.IncludeSubdirectories = isFolder;
            watcher.NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size;
            watcher.Changed += (_, _) => changed();
            watcher.Created += (_, _) => changed();
            watcher.Deleted += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Error += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            watcher?.Dispose();
            return null;
        }
    }
}
