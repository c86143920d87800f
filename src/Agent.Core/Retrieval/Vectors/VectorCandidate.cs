using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Vectors;

/// <summary>A row that may be among the best.</summary>
/// <param name="Block">Its block.</param>
/// <param name="Row">Its place there.</param>
/// <param name="UpperBound">What its cosine is not above.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct VectorCandidate(VectorBlock Block, int Row, float UpperBound);
