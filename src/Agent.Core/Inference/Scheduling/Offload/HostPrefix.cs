using System.Runtime.InteropServices;

namespace Agent.Core.Inference.Scheduling.Offload;

/// <summary>The first tokens of a prompt, found in host memory.</summary>
/// <param name="Entry">The entry of the store.</param>
/// <param name="Tokens">How many first tokens of the prompt it holds.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HostPrefix(int Entry, int Tokens)
{
    /// <summary>Nothing was found.</summary>
    public static HostPrefix None => new(-1, 0);

    /// <summary>Whether something was found.</summary>
    public bool IsFound => Entry >= 0;
}
