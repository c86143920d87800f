using System.Runtime.InteropServices;

namespace Agent.Core.Retrieval.Storage;

/// <summary>A stored segment. Segments cover ranges of chunks that do not overlap.</summary>
/// <param name="Id">Its id.</param>
/// <param name="First">The first chunk of its range.</param>
/// <param name="Last">The last chunk of its range.</param>
/// <param name="Documents">How many chunks it covers, deleted ones included.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SegmentRow(long Id, int First, int Last, int Documents);
