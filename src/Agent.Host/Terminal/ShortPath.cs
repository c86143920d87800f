namespace Agent.Host.Terminal;

/// <summary>Paths as a person at the console would write them.</summary>
internal static class ShortPath
{
    /// <summary>A path below the current folder without that folder; others as they are.</summary>
    public static string Of(string path, string currentFolder)
    {
        if (!Path.IsPathFullyQualified(path))
        {
            return path;
        }

        var relative = Path.GetRelativePath(currentFolder, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
}
