using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary><c>llama_sampler_seq_config</c>: the sampler chain of a sequence.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaSamplerConfig
{
    public int Sequence;
    public LlamaSampler* Chain;
}
