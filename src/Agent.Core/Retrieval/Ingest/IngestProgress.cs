using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Ingest;

/// <summary>How far an ingest is.</summary>
/// <param name="Files">Files dealt with.</param>
/// <param name="TotalFiles">All files.</param>
/// <param name="Bytes">Their bytes, unchanged files included.</param>
/// <param name="TotalBytes">The bytes of all files.</param>
/// <param name="Chunks">Chunks stored.</param>
/// <param name="Embedded">Chunks that got a vector; they come after all files.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct IngestProgress(int Files, int TotalFiles, long Bytes, long TotalBytes, long Chunks, long Embedded);
