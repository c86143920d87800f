using System.Threading.Channels;
using Agent.Core.Retrieval.Documents;
using Agent.Core.Retrieval.Storage;

namespace Agent.Core.Retrieval.Ingest;

/// <summary>
/// Brings files into a collection: what is new or changed is read by several workers and stored by one, a transaction each; what is gone is
/// removed. One bad file never ends it. Runs one at a time.
/// </summary>
public sealed class Ingestion
{
    private readonly PassageWriter _writer;
    private readonly IngestOptions _options;
    private readonly DocumentLoader _loader;
    private readonly TimeProvider _time;

    /// <summary>Creates an ingestion.</summary>
    /// <param name="writer">The collection's writer, which stays the caller's.</param>
    /// <param name="options">How files become passages; null for the defaults.</param>
    /// <param name="loader">Reads files; null for one with the readers and limits of the package.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Ingestion(PassageWriter writer, IngestOptions? options = null, DocumentLoader? loader = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _writer = writer;
        _options = options ?? new IngestOptions();
        _options.Validate();
        _loader = loader ?? new DocumentLoader();
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Ingests files, and the files below folders.</summary>
    /// <param name="paths">Files and folders; relative ones lie in the current folder.</param>
    /// <param name="progress">Told after each file, on the thread that stores; must return at once.</param>
    /// <param name="cancellationToken">Ends the work; what was stored stays.</param>
    /// <exception cref="RetrievalException">The collection cannot be written.</exception>
    public async Task<IngestReport> RunAsync(IReadOnlyList<string> paths, IProgress<IngestProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var started = _time.GetTimestamp();
        var scan = await Task.Run(() => FileScan.Run([.. paths.Select(Path.GetFullPath)], _loader.Knows, cancellationToken), cancellationToken).ConfigureAwait(false);
        var known = await _writer.ReadStampsAsync(cancellationToken).ConfigureAwait(false);
        var report = new IngestReportBuilder(scan, known.ContainsKey, progress);
        await TakeInAsync(scan.Files, known, report, cancellationToken).ConfigureAwait(false);
        if (_options.RemoveMissing)
        {
            var seen = scan.Files.Select(static file => file.Path).ToHashSet(StringComparer.Ordinal);
            foreach (var source in known.Keys.Where(source => !seen.Contains(source) && scan.IsGone(source)).Order(StringComparer.Ordinal))
            {
                await _writer.RemoveAsync(source, cancellationToken).ConfigureAwait(false);
                report.AddRemoved(source);
            }
        }

        await _writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        if (_options.Embedder is { } embedder)
        {
            await new PassageEmbedding(_writer, embedder, report).RunAsync(cancellationToken).ConfigureAwait(false);
        }

        return report.Build(_time.GetElapsedTime(started));
    }

    private async Task TakeInAsync(IReadOnlyList<ScannedFile> files, IReadOnlyDictionary<string, DocumentStamp> known, IngestReportBuilder report, CancellationToken cancellationToken)
    {
        // Few documents lie in memory at a time: one with each worker and as many on the way.
        var workers = Math.Min(_options.Workers, Math.Max(1, files.Count));
        var prepared = Channel.CreateBounded<PreparedFile>(new BoundedChannelOptions(workers) { SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = -1;
        var preparing = CompleteAsync(
            prepared.Writer,
            Enumerable.Range(0, workers).Select(_ => Task.Run(() => PrepareAsync(new FilePreparation(_loader, _options)), CancellationToken.None)));
        try
        {
            await foreach (var file in prepared.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await StoreAsync(file, cancellationToken).ConfigureAwait(false);
                report.Add(file);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await preparing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task PrepareAsync(FilePreparation preparation)
        {
            for (var i = Interlocked.Increment(ref next); i < files.Count; i = Interlocked.Increment(ref next))
            {
                stop.Token.ThrowIfCancellationRequested();
                var file = files[i];
                await prepared.Writer.WriteAsync(await preparation.PrepareAsync(file, known.GetValueOrDefault(file.Path), stop.Token).ConfigureAwait(false), stop.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task StoreAsync(PreparedFile file, CancellationToken cancellationToken)
    {
        if (file.Document is { } document)
        {
            await _writer.PutAsync(document, cancellationToken).ConfigureAwait(false);
        }
        else if (file.Touched is { } stamp)
        {
            await _writer.TouchAsync(file.File.Path, stamp, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the channel when all workers have ended; a worker's failure reaches the reader.</summary>
    private static async Task CompleteAsync(ChannelWriter<PreparedFile> writer, IEnumerable<Task> workers)
    {
        Exception? failure = null;
        try
        {
            await Task.WhenAll(workers).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        writer.Complete(failure);
    }
}
