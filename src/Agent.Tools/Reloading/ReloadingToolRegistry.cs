using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Reloading;

/// <summary>
/// The tools of files that are watched: an edit that is right replaces them as a whole, one that is wrong leaves them and is
/// reported with every problem. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Whoever uses the tools takes a <see cref="ToolRegistryLease"/> for as long as a piece of work lasts, a turn of a
/// conversation for example. A registry that was replaced is disposed once, when its last lease is gone.</para>
/// <para>Only the content of the tools files counts: writing the same bytes does nothing, but after a failure writing them again
/// tries again. Files that entries name (a database, a document) are not watched.</para>
/// </remarks>
public sealed partial class ReloadingToolRegistry : IAsyncDisposable
{
    /// <summary>A file that is written without end is taken as it stands after so many quiet times.</summary>
    private const int LongestUnrest = 10;

    private readonly Func<ToolRegistryBuilder> _createBuilder;
    private readonly IReadOnlyList<string> _files;
    private readonly ToolReloadOptions _options;
    private readonly ILogger _logger;
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ToolRegistry, Task> _closing = new();
    private readonly FileNotifications? _notifications;
    private readonly Task _watching;
    private SharedRegistry _current;
    private FilesStamp _loaded;
    private FilesStamp? _failed;
    private int _disposed;

    private ReloadingToolRegistry(Func<ToolRegistryBuilder> createBuilder, IReadOnlyList<string> files, FilesStamp stamp, ToolRegistry registry, ToolReloadOptions options)
    {
        _createBuilder = createBuilder;
        _files = files;
        _options = options;
        _logger = options.LoggerFactory.CreateLogger<ReloadingToolRegistry>();
        _loaded = stamp;
        _current = new SharedRegistry(registry, Close);
        var isWatching = options.IsWatching && files.Count > 0;
        _notifications = isWatching && options.UsesNotifications ? new FileNotifications(files, Signal, _logger) : null;
        _watching = isWatching ? Task.Run(WatchAsync) : Task.CompletedTask;
    }

    /// <summary>Builds the tools and begins to watch their files.</summary>
    /// <param name="createBuilder">
    /// Makes a builder with its files, kinds and functions; called now and for each reload, on any thread. The files of the first
    /// builder are the ones that are watched.
    /// </param>
    /// <param name="options">How to watch; null for the defaults.</param>
    /// <param name="cancellationToken">Stops a slow start.</param>
    /// <exception cref="ToolsFileException">A file is wrong; all problems are listed. Only a later edit is allowed to be wrong.</exception>
    /// <exception cref="ArgumentException">As for <see cref="ToolRegistryBuilder.BuildAsync"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time of the options is not above zero.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The new object owns the registry.")]
    public static async Task<ReloadingToolRegistry> StartAsync(Func<ToolRegistryBuilder> createBuilder, ToolReloadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(createBuilder);
        options ??= new ToolReloadOptions();
        options.Validate();
        var builder = createBuilder();
        string[] files = [.. builder.Files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];

        // Taken before the files are read: an edit in between is then news.
        var stamp = FilesStamp.Take(files);
        var registry = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
        return new ReloadingToolRegistry(createBuilder, files, stamp, registry, options);
    }

    /// <summary>Takes the tools as they are now, until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public ToolRegistryLease Acquire()
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            var shared = Volatile.Read(ref _current);
            if (shared.TryHold())
            {
                return new ToolRegistryLease(shared);
            }

            // A reload replaced it between the two lines above; the next round finds its successor.
        }
    }

    /// <summary>
    /// Stops watching, breaks off a reload under way, and closes the tools that nobody holds; those that are leased still are
    /// closed with their last lease.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        _notifications?.Dispose();
        await _watching.ConfigureAwait(false);
        _current.Release();
        await Task.WhenAll(_closing.Values).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Signal() => _signals.Writer.TryWrite(true);

    private async Task WatchAsync()
    {
        try
        {
            var poll = _options.TimeProvider.CreateTimer(_ => Signal(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            await using (poll.ConfigureAwait(false))
            {
                while (true)
                {
                    poll.Change(_options.PollInterval, Timeout.InfiniteTimeSpan);
                    await _signals.Reader.ReadAsync(_stopping.Token).ConfigureAwait(false);
                    await LookAsync().ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end of watching.
        }
    }

    private async Task LookAsync()
    {
        var stamp = FilesStamp.Take(_files);
        if (!IsNews(stamp))
        {
            return;
        }

        stamp = await SettleAsync(stamp).ConfigureAwait(false);
        if (!IsNews(stamp))
        {
            return;
        }

        if (stamp.Content == _loaded.Content)
        {
            _failed = null;
            Report(new ToolsReloaded([], [], []));
            return;
        }

        await ReloadAsync(stamp).ConfigureAwait(false);
    }

    // What failed may fail for a reason outside the file (a server that was down): saving it again is a wish to try again.
    private bool IsNews(FilesStamp stamp) => _failed is null ? stamp.Content != _loaded.Content : stamp != _failed;

    private async Task<FilesStamp> SettleAsync(FilesStamp stamp)
    {
        for (var round = 0; round < LongestUnrest; round++)
        {
            await Task.Delay(_options.QuietTime, _options.TimeProvider, _stopping.Token).ConfigureAwait(false);
            var now = FilesStamp.Take(_files);
            if (now == stamp)
            {
                break;
            }

            stamp = now;
        }

        return stamp;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Kinds and the builder's maker are foreign code; whatever they throw, the tools in use go on and the files stay watched.")]
    private async Task ReloadAsync(FilesStamp stamp)
    {
        ToolRegistry? registry = null;
        IReadOnlyList<ToolProblem> problems = [];
        try
        {
            registry = await _createBuilder().BuildAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (ToolsFileException exception)
        {
            problems = exception.Problems;
        }
        catch (Exception exception)
        {
            LogCannotBuild(exception);
            problems = [Unexpected(exception)];
        }

        // Builders read the files themselves: what was built, or refused, may be an edit that came in between.
        if (FilesStamp.Take(_files).Content != stamp.Content || _stopping.IsCancellationRequested)
        {
            Discard(registry);
            Signal();
        }
        else if (registry is null)
        {
            _failed = stamp;
            Report(new ToolReloadFailed(problems));
        }
        else
        {
            _failed = null;
            _loaded = stamp;
            Report(Replace(registry));
        }
    }

    private ToolsReloaded Replace(ToolRegistry registry)
    {
        var changes = ToolChanges.Between(_current.Registry, registry);
        Interlocked.Exchange(ref _current, new SharedRegistry(registry, Close)).Release();
        return changes;
    }

    private void Discard(ToolRegistry? registry)
    {
        if (registry is not null)
        {
            Close(registry);
        }
    }

    private ToolProblem Unexpected(Exception exception)
    {
        var message = exception.Message.Split(" (Parameter", 2)[0].TrimEnd('.', ' ');
        return new ToolProblem(_files[0], 1, 1, $"the tools cannot be built: {SingleLine.Of(message)}", "Correct the file; the log has the details");
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The receiver is foreign code; watching goes on whatever it does.")]
    private void Report(ToolReload result)
    {
        switch (result)
        {
            case ToolsReloaded reloaded:
                LogReloaded(reloaded.Added.Count, reloaded.Removed.Count, reloaded.Changed.Count);
                break;
            case ToolReloadFailed failed:
                LogFailed(failed.Problems.Count, failed.Problems[0]);
                break;
        }

        try
        {
            _options.OnReload?.Invoke(result);
        }
        catch (Exception exception)
        {
            LogReceiverFailed(exception);
        }
    }

    private void Close(ToolRegistry registry)
    {
        // Held back until it stands in the dictionary, or it could end before it got there and stay for ever.
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _closing[registry] = CloseAsync(registry, start.Task);
        start.SetResult();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A tool that fails while it is closed is foreign code, and nobody waits for it.")]
    private async Task CloseAsync(ToolRegistry registry, Task start)
    {
        await start.ConfigureAwait(false);
        try
        {
            await registry.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogCannotClose(exception);
        }

        _closing.TryRemove(registry, out _);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Tools reloaded: {Added} added, {Removed} removed, {Changed} changed")]
    private partial void LogReloaded(int added, int removed, int changed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tools not reloaded, {Count} problems; the first: {Problem}")]
    private partial void LogFailed(int count, ToolProblem problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "The tools cannot be built")]
    private partial void LogCannotBuild(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tools that are no longer used could not be closed")]
    private partial void LogCannotClose(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The receiver of reloads failed")]
    private partial void LogReceiverFailed(Exception exception);
}
