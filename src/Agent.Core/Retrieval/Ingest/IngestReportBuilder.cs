namespace Agent.Core.Retrieval.Ingest;

/// <summary>Adds up what an ingest does. Not thread-safe.</summary>
/// <param name="scan">What was found.</param>
/// <param name="isKnown">Tells whether the collection has a document of a source.</param>
/// <param name="progress">Told after each file; null for nobody.</param>
internal sealed class IngestReportBuilder(FileScanResult scan, Func<string, bool> isKnown, IProgress<IngestProgress>? progress)
{
    private const string Kept = " Its earlier state stays in the collection.";

    private readonly List<IngestProblem> _problems = [.. scan.Problems.Select(problem => WithKept(problem, isKnown))];
    private readonly List<IngestWarning> _warnings = [];
    private readonly long _totalBytes = scan.Files.Sum(static file => file.Size);
    private int _files;
    private int _added;
    private int _updated;
    private int _unchanged;
    private int _removed;
    private long _chunks;
    private long _embedded;
    private long _bytes;
    private long _passedBytes;

    public void Add(PreparedFile file)
    {
        _files++;
        _passedBytes += file.File.Size;
        _warnings.AddRange(file.Warnings.Select(warning => new IngestWarning(file.File.Path, warning)));
        if (file.Problem is { } problem)
        {
            _problems.Add(WithKept(problem, isKnown));
        }
        else if (file.Document is { } document)
        {
            _added += file.Known is null ? 1 : 0;
            _updated += file.Known is null ? 0 : 1;
            _chunks += document.Chunks.Count;
            _bytes += file.File.Size;
        }
        else
        {
            _unchanged++;
        }

        Report();
    }

    public void AddEmbedded(int chunks)
    {
        _embedded += chunks;
        Report();
    }

    public void AddProblem(IngestProblem problem) => _problems.Add(problem);

    public void AddRemoved(string source)
    {
        _removed++;

        // It was named and is not there; the collection had it, so this is no slip of the pen.
        _problems.RemoveAll(problem => problem.Path == source && problem.Problem == FileScan.Gone);
    }

    private static IngestProblem WithKept(IngestProblem problem, Func<string, bool> isKnown) =>
        problem.Problem != FileScan.Gone && isKnown(problem.Path) ? problem with { Fix = problem.Fix + Kept } : problem;

    private void Report() => progress?.Report(new IngestProgress(_files, scan.Files.Count, _passedBytes, _totalBytes, _chunks, _embedded));

    public IngestReport Build(TimeSpan duration) => new()
    {
        Added = _added,
        Updated = _updated,
        Unchanged = _unchanged,
        Removed = _removed,
        Ignored = scan.Ignored,
        Chunks = _chunks,
        Embedded = _embedded,
        Bytes = _bytes,
        Problems = [.. _problems.OrderBy(static problem => problem.Path, StringComparer.Ordinal)],
        Warnings = [.. _warnings.OrderBy(static warning => warning.Path, StringComparer.Ordinal)],
        Duration = duration,
    };
}
