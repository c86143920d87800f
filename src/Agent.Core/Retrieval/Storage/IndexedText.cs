using System.Runtime.InteropServices;
using Agent.Core.Retrieval.Index;

namespace Agent.Core.Retrieval.Storage;

/// <summary>A chunk as the index takes it.</summary>
/// <param name="Chunk">The chunk's id.</param>
/// <param name="Terms">Its terms with their counts.</param>
/// <param name="Length">All its terms, repeated ones included.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct IndexedText(int Chunk, TermCount[] Terms, int Length);
