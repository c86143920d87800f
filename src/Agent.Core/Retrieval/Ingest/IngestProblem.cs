namespace Agent.Core.Retrieval.Ingest;

/// <summary>A file or folder that could not be taken in; the others were. Immutable.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Problem">What is wrong, without a full stop.</param>
/// <param name="Fix">What to do about it, as a sentence.</param>
public sealed record IngestProblem(string Path, string Problem, string Fix);
