using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Index;

namespace Agent.Core.Retrieval.Storage;

/// <summary>A chunk with the terms by which it is found. Immutable.</summary>
/// <param name="Chunk">The chunk.</param>
/// <param name="Terms">The terms of <see cref="Chunks.Chunk.IndexText"/> with their counts.</param>
/// <param name="Length">All its terms, repeated ones included.</param>
public sealed record IndexedChunk(Chunk Chunk, IReadOnlyList<TermCount> Terms, int Length);
