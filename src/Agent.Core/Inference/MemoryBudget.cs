namespace Agent.Core.Inference;

/// <summary>How much memory the KV cache may take.</summary>
internal static class MemoryBudget
{
    /// <summary>Of free GPU memory; the rest is for compute buffers and for what else runs there.</summary>
    private const double ShareOfGpu = 0.85;

    /// <summary>Of the memory this process may use; the rest is for the weights, the program and its neighbours.</summary>
    private const double ShareOfHost = 0.5;

    /// <summary>Bytes for the KV cache of a loaded model.</summary>
    public static long ForKvCache(LlamaModel model)
    {
        if (model.OnGpu)
        {
            return (long)(model.Runtime.GetDevices().Where(d => d.IsGpu).Sum(d => d.FreeBytes) * ShareOfGpu);
        }

        var memory = GC.GetGCMemoryInfo();
        var free = memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes;
        return (long)(Math.Max(free, memory.TotalAvailableMemoryBytes / 4) * ShareOfHost);
    }
}
