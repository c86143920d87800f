using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Index;

/// <summary>A document found.</summary>
/// <param name="Document">The document's id.</param>
/// <param name="Score">Higher is better. By words: its BM25 score, greater than 0, a multiple of 2^-36. By vectors: the cosine, -1 to 1.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SearchHit(int Document, double Score);
