namespace Agent.Core.Retrieval.Ingest;

/// <summary>Something wrong in a file that was taken in nevertheless. Immutable.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Message">What it is, as a sentence.</param>
public sealed record IngestWarning(string Path, string Message);
