using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary><c>llama_sampler_data</c>: what a sampler in the graph is given of one row, and leaves for llama.cpp to copy to the host.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LlamaSamplerData
{
    public nint Logits;
    public nint Probabilities;
    public nint Sampled;
    public nint Candidates;
}
