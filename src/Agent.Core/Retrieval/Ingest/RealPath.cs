namespace Agent.Core.Retrieval.Ingest;

/// <summary>The path of a folder with every link on the way followed, by which two ways to one folder are recognised.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    /// <summary>Follows all links.</summary>
    /// <param name="path">A full path.</param>
    /// <exception cref="IOException">The links go in a circle, or lead nowhere.</exception>
    public static string Of(string path)
    {
        var links = 0;
        var root = Path.GetPathRoot(path)!;
        var parts = new Stack<string>(path[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse());
        var real = root;
        while (parts.TryPop(out var part))
        {
            var next = Path.Combine(real, part);
            if (new DirectoryInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"Too many links on the way to '{path}'.");
            }

            var full = Path.GetFullPath(target, real);
            var start = Path.GetPathRoot(full)!;
            foreach (var step in full[start.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                parts.Push(step);
            }

            real = start;
        }

        return real;
    }
}
