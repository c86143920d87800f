using Agent.Core.Retrieval.Vectors;

namespace Agent.Core.Retrieval.Storage;

/// <summary>
/// Vectors of a collection in memory. There may be some of chunks that are gone, or that came after the version that is searched: only chunks that
/// live in the index of that version count. Immutable.
/// </summary>
/// <param name="Version">The collection's version up to which all vectors are here.</param>
/// <param name="Embedding">Their model.</param>
/// <param name="LastVector">The last stored vector that is here.</param>
/// <param name="Vectors">The vectors; null where there are none.</param>
internal sealed record VectorState(long Version, string Embedding, long LastVector, VectorSet? Vectors);
