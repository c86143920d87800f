using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary><c>llama_sampler_i</c> of llama.cpp v0.5.0: the functions of a sampler; those that are none of ours are null.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaSamplerInterface
{
    public delegate* unmanaged[Cdecl]<LlamaSampler*, byte*> Name;
    public nint Accept;
    public delegate* unmanaged[Cdecl]<LlamaSampler*, void*, void> Apply;
    public nint Reset;
    public nint Clone;
    public delegate* unmanaged[Cdecl]<LlamaSampler*, void> Free;
    public delegate* unmanaged[Cdecl]<LlamaSampler*, nint, uint, byte> BackendInit;
    public nint BackendAccept;
    public delegate* unmanaged[Cdecl]<LlamaSampler*, nint, nint, LlamaSamplerData*, void> BackendApply;
    public nint BackendSetInput;
    public delegate* unmanaged[Cdecl]<LlamaSampler*, void> BackendReset;
    public nint CopyState;
}
