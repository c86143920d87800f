using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Index;

/// <summary>A term of a document and how often it occurs there.</summary>
/// <param name="Term">1 to <see cref="IndexSegmentBuilder.MaxTermLength"/> UTF-16 code units, compared ordinally.</param>
/// <param name="Count">Occurrences; at least 1.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TermCount(string Term, int Count);
