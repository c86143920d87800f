namespace Agent.Core.Inference;

/// <summary>How much memory the KV cache may take, and what of it moves to the host.</summary>
internal static class MemoryBudget
{
    /// <summary>Of free GPU memory; the rest is for compute buffers and for what else runs there.</summary>
    private const double ShareOfGpu = 0.85;

    /// <summary>Of the memory this process may use; the rest is for the weights, the program and its neighbours.</summary>
    private const double ShareOfHost = 0.5;

    /// <summary>Of the memory this process may use, for idle conversations of a GPU.</summary>
    private const double ShareForIdle = 0.25;

    private const long MostForIdle = 4L << 30;

    /// <summary>Bytes for the KV cache of a loaded model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="share">The part of the free memory; null for the default.</param>
    public static long ForKvCache(LlamaModel model, double? share) => model.OnGpu
        ? (long)(model.Runtime.GetDevices().Where(d => d.IsGpu).Sum(d => d.FreeBytes) * (share ?? ShareOfGpu))
        : (long)(FreeHostBytes() * (share ?? ShareOfHost));

    /// <summary>Bytes for idle conversations in host memory where nobody chose; none beside a KV cache that lies there itself.</summary>
    /// <param name="onGpu">Whether the KV cache lies on a GPU.</param>
    public static long ForIdleConversations(bool onGpu) => onGpu ? Math.Min(MostForIdle, (long)(FreeHostBytes() * ShareForIdle)) : 0;

    private static long FreeHostBytes()
    {
        var memory = GC.GetGCMemoryInfo();
        return Math.Max(memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes, memory.TotalAvailableMemoryBytes / 4);
    }
}
