using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary><c>llama_batch</c>: pointers into arrays that the caller owns.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaBatch
{
    public int TokenCount;
    public int* Tokens;
    public float* Embeddings;
    public int* Positions;
    public int* SequenceIdCounts;
    public int** SequenceIds;
    public sbyte* Outputs;
}
