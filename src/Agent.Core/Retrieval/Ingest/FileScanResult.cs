namespace Agent.Core.Retrieval.Ingest;

/// <summary>What a walk through the files found.</summary>
/// <param name="Files">Files to be read, each once.</param>
/// <param name="Problems">What could not be walked through.</param>
/// <param name="Complete">Paths below which everything that exists was seen, but for <paramref name="Unread"/>.</param>
/// <param name="Unread">Paths below which nobody knows what exists.</param>
/// <param name="Ignored">Files of folders that are no documents: how many of each extension.</param>
internal sealed record FileScanResult(
    IReadOnlyList<ScannedFile> Files, IReadOnlyList<IngestProblem> Problems, IReadOnlyList<string> Complete, IReadOnlyList<string> Unread, IReadOnlyDictionary<string, int> Ignored)
{
    /// <summary>Whether a document that was not among the files is gone.</summary>
    public bool IsGone(string source) => Complete.Any(root => IsAtOrBelow(source, root)) && !Unread.Any(root => IsAtOrBelow(source, root));

    private static bool IsAtOrBelow(string source, string root) =>
        source.StartsWith(root, StringComparison.Ordinal) && (source.Length == root.Length || Path.EndsInDirectorySeparator(root) || source[root.Length] == Path.DirectorySeparatorChar);
}
