namespace Agent.Core.Retrieval.Chunks;

/// <summary>A block or a part of one that goes into a chunk as a whole.</summary>
/// <param name="Block">Index of the block.</param>
/// <param name="Start">Where it begins in the document's text.</param>
/// <param name="End">Where it ends.</param>
/// <param name="IsAlone">Whether it is a part of a row too long for one chunk, which nothing else joins.</param>
/// <param name="DropsHeader">Whether the row leaves no room for the header of its table.</param>
internal readonly record struct ChunkUnit(int Block, int Start, int End, bool IsAlone, bool DropsHeader);
