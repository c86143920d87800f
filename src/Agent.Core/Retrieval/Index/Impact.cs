using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Index;

/// <summary>A term frequency together with a document length: what BM25 sees of a posting.</summary>
/// <param name="Count">How often the term occurs.</param>
/// <param name="Length">The document's length.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Impact(int Count, int Length);
