using Microsoft.Extensions.Logging;

namespace Agent.Tools.Reloading;

/// <summary>
/// The operating system's word that files may have changed: early, but neither reliable nor everywhere. Whoever uses it looks
/// at the files from time to time as well.
/// </summary>
internal sealed partial class FileNotifications : IDisposable
{
    private readonly List<FileSystemWatcher> _watchers = [];

    /// <param name="files">Full paths.</param>
    /// <param name="changed">Called on any thread, more often than files change.</param>
    /// <param name="logger">Told where there are no notifications.</param>
    internal FileNotifications(IReadOnlyList<string> files, Action changed, ILogger logger)
    {
        foreach (var folder in files.GroupBy(file => Path.GetDirectoryName(file)!, StringComparer.Ordinal))
        {
            if (TryWatch(folder.Key, folder.Select(file => Path.GetFileName(file)), changed, logger) is { } watcher)
            {
                _watchers.Add(watcher);
            }
        }
    }

    public void Dispose() => _watchers.ForEach(watcher => watcher.Dispose());

    private static FileSystemWatcher? TryWatch(string folder, IEnumerable<string> names, Action changed, ILogger logger)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.CreationTime };
            foreach (var name in names)
            {
                watcher.Filters.Add(name);
            }

            watcher.Changed += (_, _) => changed();
            watcher.Created += (_, _) => changed();
            watcher.Deleted += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Error += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            LogPollingAlone(logger, folder, exception);
            watcher?.Dispose();
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "No notifications for {Folder}; its files are looked at from time to time")]
    private static partial void LogPollingAlone(ILogger logger, string folder, Exception exception);
}
