using Agent.Core.Native;

namespace Agent.Core.Inference;

/// <summary>How much memory the KV cache may take, and what of it moves to the host.</summary>
/// <remarks>
/// An estimate: it takes the keys and values of every layer for equally large, and what compute buffers and adapters need for
/// less than what is left free. llama.cpp itself refuses a context that does not fit after all.
/// </remarks>
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
    public static long ForKvCache(LlamaModel model, double? share) =>
        ForKvCache(model.Placement, model.Runtime.GetDevices(), (long)(FreeHostBytes() * (share ?? ShareOfHost)), share ?? ShareOfGpu);

    /// <summary>Keys and values lie where their layer is computed, so the place that is full first decides.</summary>
    /// <param name="placement">Where the layers are.</param>
    /// <param name="devices">The devices with the memory that is free now.</param>
    /// <param name="host">Bytes it may take beside the CPU.</param>
    /// <param name="shareOfGpu">The part it may take of what is free on a device.</param>
    internal static long ForKvCache(ModelPlacement placement, IReadOnlyList<ComputeDevice> devices, long host, double shareOfGpu = ShareOfGpu)
    {
        var least = placement.HostLayers > 0 || !placement.OnGpu ? ForAllLayers(host, placement.HostLayers) : double.MaxValue;
        foreach (var (name, layers) in placement.Devices)
        {
            var free = devices.FirstOrDefault(device => device.Name == name)?.FreeBytes ?? 0;
            least = Math.Min(least, ForAllLayers(free * shareOfGpu, layers));
        }

        return (long)Math.Min(least, long.MaxValue / 2);

        double ForAllLayers(double bytes, int layers) => layers == 0 ? double.MaxValue : bytes * placement.LayerCount / layers;
    }

    /// <summary>Bytes for idle conversations in host memory where nobody chose; none beside a KV cache that lies there itself.</summary>
    /// <param name="onGpu">Whether the KV cache lies on a GPU.</param>
    public static long ForIdleConversations(bool onGpu) => onGpu ? Math.Min(MostForIdle, (long)(FreeHostBytes() * ShareForIdle)) : 0;

    private static long FreeHostBytes()
    {
        var memory = GC.GetGCMemoryInfo();
        return Math.Max(memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes, memory.TotalAvailableMemoryBytes / 4);
    }
}
