namespace Agent.Core.Native;

/// <summary>Whether a CUDA build of llama.cpp can run on this machine.</summary>
/// <param name="Usable">True only if driver, runtime libraries and machine code all fit.</param>
/// <param name="Reason">Why, or why not and what would mend it.</param>
internal sealed record CudaVerdict(bool Usable, string Reason);
