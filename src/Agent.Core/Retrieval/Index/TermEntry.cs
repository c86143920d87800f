using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Index;

/// <summary>What the dictionary says of a term.</summary>
/// <param name="Ordinal">The term's place in the order of the dictionary.</param>
/// <param name="Frequency">Documents of the segment that have it, deleted ones included.</param>
/// <param name="Offset">Where its postings begin in their section.</param>
/// <param name="Length">How many bytes they have.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TermEntry(int Ordinal, int Frequency, int Offset, int Length);
