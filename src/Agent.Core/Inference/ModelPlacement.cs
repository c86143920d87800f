using Agent.Core.Native;

namespace Agent.Core.Inference;

/// <summary>Where the layers of a model are computed, and so where their keys and values lie.</summary>
public sealed record ModelPlacement
{
    private ModelPlacement(int layerCount, int hostLayers, bool onGpu, IReadOnlyList<DeviceLayers> devices)
    {
        LayerCount = layerCount;
        HostLayers = hostLayers;
        OnGpu = onGpu;
        Devices = devices;
    }

    /// <summary>Layers of the model, without the output.</summary>
    public int LayerCount { get; }

    /// <summary>Layers that the CPU computes.</summary>
    public int HostLayers { get; }

    /// <summary>Whether a GPU computes any of it, if only the output.</summary>
    public bool OnGpu { get; }

    /// <summary>The GPUs that are used; empty where the CPU computes all.</summary>
    public IReadOnlyList<DeviceLayers> Devices { get; }

    /// <summary>Works out where llama.cpp puts the layers, as it does it.</summary>
    /// <param name="layerCount">Layers of the model, without the output.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="devices">All devices, before the model is loaded: without shares, layers are spread by free memory.</param>
    /// <exception cref="ArgumentException">The options name GPUs that are not there; the message names the key and those there are.</exception>
    public static ModelPlacement Create(int layerCount, LlamaModelOptions options, IReadOnlyList<ComputeDevice> devices)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(devices);
        var gpus = GpusOf(devices);
        Check(options, gpus);
        if (options.SplitMode == GpuSplitMode.None && gpus.Count > 0)
        {
            gpus = [gpus[options.MainGpu ?? 0]];
        }

        // The output is the last layer, so it is the first one to be put on a GPU.
        var offloaded = gpus.Count == 0 ? 0 : Math.Min(options.GpuLayers ?? int.MaxValue, layerCount + 1);
        return offloaded == 0
            ? new ModelPlacement(layerCount, layerCount, onGpu: false, [])
            : new ModelPlacement(layerCount, layerCount + 1 - offloaded, onGpu: true, Spread(offloaded, options.TensorSplit, gpus));
    }

    /// <summary>The GPUs that a model may use: integrated ones only where there are no others.</summary>
    internal static IReadOnlyList<ComputeDevice> GpusOf(IReadOnlyList<ComputeDevice> devices)
    {
        ComputeDevice[] discrete = [.. devices.Where(device => device is { IsGpu: true, IsIntegrated: false })];
        return discrete.Length > 0 ? discrete : [.. devices.Where(device => device.IsGpu)];
    }

    /// <summary>The placement in words.</summary>
    public override string ToString()
    {
        if (!OnGpu)
        {
            return $"all {LayerCount} layers on the CPU";
        }

        var gpus = string.Join(", ", Devices.Select(device => $"{device.Layers} on {device.Device}"));
        return $"of {LayerCount} layers {gpus}{(HostLayers > 0 ? $", {HostLayers} on the CPU" : string.Empty)}; the output on {Devices[^1].Device}";
    }

    private static void Check(LlamaModelOptions options, IReadOnlyList<ComputeDevice> gpus)
    {
        if (options.MainGpu is { } main && main >= gpus.Count)
        {
            throw new ArgumentException($"Agent:Model:MainGpu is {main}, and there {Named(gpus)}. {(gpus.Count == 0 ? "Remove it" : $"Give 0 to {gpus.Count - 1}, or remove it")}.");
        }

        if (options.TensorSplit.Count > 0 && options.TensorSplit.Count != gpus.Count)
        {
            throw new ArgumentException($"Agent:Model:TensorSplit has {options.TensorSplit.Count} shares, and there {Named(gpus)}. {(gpus.Count == 0 ? "Remove it" : "Give one share to each, 0 to one that is not to be used")}.");
        }
    }

    private static string Named(IReadOnlyList<ComputeDevice> gpus) => gpus.Count switch
    {
        0 => "is no GPU that this build of llama.cpp can use",
        1 => $"is one GPU ({gpus[0].Name})",
        _ => $"are {gpus.Count} GPUs ({string.Join(", ", gpus.Select(gpu => gpu.Name))})",
    };

    private static List<DeviceLayers> Spread(int offloaded, IReadOnlyList<float> shares, IReadOnlyList<ComputeDevice> gpus)
    {
        var ends = new float[gpus.Count];
        var sum = 0f;
        for (var i = 0; i < ends.Length; i++)
        {
            ends[i] = sum += shares.Count > 0 ? shares[i] : gpus[i].FreeBytes;
        }

        var counts = new int[ends.Length];
        for (var layer = 0; layer < offloaded - 1; layer++)
        {
            counts[DeviceOf(layer)]++;
        }

        // Where the output lies comes last, whatever the order of the devices.
        var output = DeviceOf(offloaded - 1);
        var used = Enumerable.Range(0, ends.Length).Where(i => (counts[i] > 0) && i != output).Append(output);
        return [.. used.Select(i => new DeviceLayers(gpus[i].Name, counts[i]))];

        int DeviceOf(int layer)
        {
            var at = (float)layer / offloaded;
            var found = Array.FindIndex(ends, end => at < end / sum);
            return found < 0 ? ends.Length - 1 : found;
        }
    }
}
