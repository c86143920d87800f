using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary><c>llama_sampler</c>: its functions, and what they are called with.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaSampler
{
    public LlamaSamplerInterface* Interface;
    public nint Context;
}
