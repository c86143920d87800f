using Agent.Core.Native;

namespace Agent.Core.Inference;

/// <summary>How much memory the KV cache may take.</summary>
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

    /// <summary>Bytes for the KV cache of a loaded model.</summary>
    public static long ForKvCache(LlamaModel model)
    {
        var memory = GC.GetGCMemoryInfo();
        var free = memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes;
        var host = (long)(Math.Max(free, memory.TotalAvailableMemoryBytes / 4) * ShareOfHost);
        return ForKvCache(model.Placement, model.Runtime.GetDevices(), host);
    }

    /// <summary>Keys and values lie where their layer is computed, so the place that is full first decides.</summary>
    /// <param name="placement">Where the layers are.</param>
    /// <param name="devices">The devices with the memory that is free now.</param>
    /// <param name="host">Bytes it may take beside the CPU.</param>
    internal static long ForKvCache(ModelPlacement placement, IReadOnlyList<ComputeDevice> devices, long host)
    {
        var least = placement.HostLayers > 0 || !placement.OnGpu ? ForAllLayers(host, placement.HostLayers) : double.MaxValue;
        foreach (var (name, layers) in placement.Devices)
        {
            var free = devices.FirstOrDefault(device => device.Name == name)?.FreeBytes ?? 0;
            least = Math.Min(least, ForAllLayers(free * ShareOfGpu, layers));
        }

        return (long)Math.Min(least, long.MaxValue / 2);

        double ForAllLayers(double bytes, int layers) => layers == 0 ? double.MaxValue : bytes * placement.LayerCount / layers;
    }
}
