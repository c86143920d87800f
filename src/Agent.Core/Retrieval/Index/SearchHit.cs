using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Index;

/// <summary>A document found.</summary>
/// <param name="Document">The document's id.</param>
/// <param name="Score">Its BM25 score; greater than 0, a multiple of 2^-36.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SearchHit(int Document, double Score);
