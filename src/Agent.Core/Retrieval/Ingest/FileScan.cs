namespace Agent.Core.Retrieval.Ingest;

/// <summary>
/// Finds the files below the paths that a user named. Folders are walked in order, hidden files and folders are left out, links are followed, and
/// no folder is entered twice, so that links in a circle end.
/// </summary>
internal sealed class FileScan
{
    /// <summary>The problem of a path that was named and is not there.</summary>
    public const string Gone = "There is no such file or folder";

    private const string AccessFix = "Give this user the right to read it, or leave it out.";

    private readonly Func<string, bool> _isDocument;
    private readonly HashSet<string> _entered = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, ScannedFile> _files = new(StringComparer.Ordinal);
    private readonly List<IngestProblem> _problems = [];
    private readonly List<string> _complete = [];
    private readonly List<string> _unread = [];
    private readonly SortedDictionary<string, int> _ignored = new(StringComparer.Ordinal);

    private FileScan(Func<string, bool> isDocument) => _isDocument = isDocument;

    /// <summary>Walks through everything.</summary>
    /// <param name="paths">Full paths of files and folders.</param>
    /// <param name="isDocument">Tells by its extension whether a file of a folder is taken; a file named by itself is, whatever it is.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public static FileScanResult Run(IReadOnlyList<string> paths, Func<string, bool> isDocument, CancellationToken cancellationToken)
    {
        var scan = new FileScan(isDocument);
        foreach (var path in paths)
        {
            scan.Add(Path.TrimEndingDirectorySeparator(path), cancellationToken);
        }

        return new FileScanResult([.. scan._files.Values], scan._problems, scan._complete, scan._unread, scan._ignored);
    }

    private void Add(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            Walk(path, cancellationToken);
            _complete.Add(path);
        }
        else if (File.Exists(path))
        {
            AddFile(new FileInfo(path));
        }
        else if (IsGone(path))
        {
            // What was named and is not there is gone, if the collection has it.
            _complete.Add(path);
            _problems.Add(new IngestProblem(path, Gone, "Check the path."));
        }
        else
        {
            _unread.Add(path);
            _problems.Add(new IngestProblem(
                path, "It cannot be told whether there is such a file or folder", "Check that the disk is there and that this user may read the folders above. If the folder above is gone too, name that one."));
        }
    }

    /// <summary>
    /// Whether a path that does not open is known not to be there: the folder above can be read and has no such name. A disk that is not mounted, a
    /// server that does not answer and folders that may not be read look the same until one looks closely.
    /// </summary>
    private static bool IsGone(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return false;
        }

        try
        {
            _ = File.GetAttributes(path);
            return false;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return IsWithout(parent, Path.GetFileName(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsWithout(string folder, string name)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).All(entry => !Path.GetFileName(entry).Equals(name, StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Walk(string root, CancellationToken cancellationToken)
    {
        var folders = new Stack<string>([root]);
        var links = new Queue<string>();
        while (folders.TryPop(out var folder) || links.TryDequeue(out folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var real = RealPath.Of(folder);
                if (!_entered.Add(real))
                {
                    if (folder != real)
                    {
                        _problems.Add(new IngestProblem(folder, $"The link leads to '{real}', which was walked through already", "Nothing is lost; remove the link to be rid of this note."));
                    }

                    continue;
                }

                var entries = new DirectoryInfo(folder).GetFileSystemInfos();
                Array.Sort(entries, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
                foreach (var file in entries.OfType<FileInfo>())
                {
                    AddFound(file);
                }

                foreach (var child in entries.OfType<DirectoryInfo>().Where(static child => !IsHidden(child)).Reverse())
                {
                    // What can be reached without a link has the name without one, wherever the link stands.
                    if (child.LinkTarget is null)
                    {
                        folders.Push(child.FullName);
                    }
                    else
                    {
                        links.Enqueue(child.FullName);
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Security.SecurityException)
            {
                _unread.Add(folder);
                _problems.Add(exception is UnauthorizedAccessException
                    ? new IngestProblem(folder, "The folder may not be read", AccessFix)
                    : new IngestProblem(folder, "The folder cannot be read", "Check that its links lead somewhere and that its disk is there."));
            }
        }
    }

    private void AddFound(FileInfo file)
    {
        if (IsHidden(file))
        {
            return;
        }

        // A link that leads nowhere may have led to a folder of documents, and may again.
        if (!_isDocument(file.Extension) && !(file.Attributes.HasFlag(FileAttributes.ReparsePoint) && !LeadsToFile(file)))
        {
            var extension = file.Extension.ToLowerInvariant();
            _ignored[extension] = _ignored.GetValueOrDefault(extension) + 1;
            return;
        }

        AddFile(file);
    }

    private void AddFile(FileInfo file)
    {
        try
        {
            // A link tells the size and date of itself: its target's count.
            var target = file.LinkTarget is null ? file : (FileInfo)(file.ResolveLinkTarget(returnFinalTarget: true) ?? file);
            if (!target.Exists)
            {
                _unread.Add(file.FullName);
                _problems.Add(new IngestProblem(file.FullName, "The link leads to something that is not there", "Remove the link, or put back what it leads to."));
                return;
            }

            // Without size there is nothing to read, and pipes and devices would wait for ever.
            if (target.Length == 0)
            {
                _unread.Add(file.FullName);
                _problems.Add(new IngestProblem(file.FullName, "The file is empty", "Leave it out, or check that it was saved."));
                return;
            }

            var modified = DateTimeOffset.FromUnixTimeMilliseconds(new DateTimeOffset(target.LastWriteTimeUtc).ToUnixTimeMilliseconds());
            _files.TryAdd(file.FullName, new ScannedFile(file.FullName, target.Length, modified));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _unread.Add(file.FullName);
            _problems.Add(new IngestProblem(file.FullName, "The file cannot be found through its link", "Check where the link leads: links in a circle lead nowhere."));
        }
    }

    private static bool LeadsToFile(FileInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true };
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsHidden(FileSystemInfo entry) => entry.Name.StartsWith('.') || entry.Attributes.HasFlag(FileAttributes.Hidden);
}
