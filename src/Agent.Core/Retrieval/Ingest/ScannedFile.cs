using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Ingest;

/// <summary>A file that an ingest found.</summary>
/// <param name="Path">Its full path, by which the collection names the document.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Modified">When it was last changed, to the millisecond.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ScannedFile(string Path, long Size, DateTimeOffset Modified);
