using Agent.Core.Inference;
using Agent.Core.Native;

namespace Agent.Core.Tests.Inference;

/// <summary>Where layers go, and how much KV cache the free memory of these places allows.</summary>
public sealed class ModelPlacementTests
{
    private const long GiB = 1L << 30;
    private static readonly ComputeDevice Cpu = new("CPU", "a processor", IsGpu: false, 64 * GiB, 64 * GiB);
    private static readonly ComputeDevice First = new("CUDA0", "a GPU", IsGpu: true, 30 * GiB, 40 * GiB);
    private static readonly ComputeDevice Second = new("CUDA1", "a GPU", IsGpu: true, 10 * GiB, 40 * GiB);
    private static readonly ComputeDevice Integrated = new("Vulkan0", "a GPU", IsGpu: true, 8 * GiB, 16 * GiB) { IsIntegrated = true };

    [Fact]
    public void Without_a_gpu_all_layers_are_the_cpus()
    {
        var placement = ModelPlacement.Create(24, Options(), [Cpu]);

        Assert.False(placement.OnGpu);
        Assert.Equal((24, 24), (placement.LayerCount, placement.HostLayers));
        Assert.Equal("all 24 layers on the CPU", placement.ToString());
        Assert.Equal(5 * GiB, MemoryBudget.ForKvCache(placement, [Cpu], 5 * GiB));
    }

    [Theory]
    [InlineData(null, 24, 0)]
    [InlineData(1000, 24, 0)]
    [InlineData(25, 24, 0)]
    [InlineData(24, 23, 1)]
    [InlineData(1, 0, 24)]
    public void The_output_is_the_first_layer_on_a_gpu(int? layers, int onGpu, int onCpu)
    {
        var placement = ModelPlacement.Create(24, Options() with { GpuLayers = layers }, [Cpu, First]);

        Assert.True(placement.OnGpu);
        Assert.Equal(onCpu, placement.HostLayers);
        Assert.Equal([new DeviceLayers("CUDA0", onGpu)], placement.Devices);
    }

    [Fact]
    public void No_layers_use_no_gpu() => Assert.False(ModelPlacement.Create(24, Options() with { GpuLayers = 0 }, [Cpu, First]).OnGpu);

    [Fact]
    public void Layers_are_spread_by_free_memory_or_by_shares()
    {
        Assert.Equal([new DeviceLayers("CUDA0", 18), new DeviceLayers("CUDA1", 5)], ModelPlacement.Create(23, Options(), [Cpu, First, Second]).Devices);
        Assert.Equal([new DeviceLayers("CUDA0", 6), new DeviceLayers("CUDA1", 17)], ModelPlacement.Create(23, Options() with { TensorSplit = [1, 3] }, [Cpu, First, Second]).Devices);
        Assert.Equal([new DeviceLayers("CUDA1", 23)], ModelPlacement.Create(23, Options() with { TensorSplit = [0, 1] }, [Cpu, First, Second]).Devices);
        Assert.Equal([new DeviceLayers("CUDA1", 23)], ModelPlacement.Create(23, Options() with { SplitMode = GpuSplitMode.None, MainGpu = 1 }, [Cpu, First, Second]).Devices);
        Assert.Equal("of 23 layers 10 on CUDA0, 2 on CUDA1, 11 on the CPU; the output on CUDA1", ModelPlacement.Create(23, Options() with { GpuLayers = 13 }, [Cpu, First, Second]).ToString());
    }

    [Fact]
    public void An_integrated_gpu_counts_only_where_there_is_no_other()
    {
        Assert.Equal("CUDA0", Assert.Single(ModelPlacement.Create(4, Options(), [Integrated, First]).Devices).Device);
        Assert.Equal("Vulkan0", Assert.Single(ModelPlacement.Create(4, Options(), [Cpu, Integrated]).Devices).Device);
    }

    [Fact]
    public void The_place_that_is_full_first_bounds_the_kv_cache()
    {
        ComputeDevice[] devices = [Cpu, First, Second];

        // All on one: its free memory, less what is left for buffers. A quarter on the smaller one: four times what it has.
        AssertNear(30 * GiB * 0.85, MemoryBudget.ForKvCache(ModelPlacement.Create(24, Options(), [Cpu, First]), devices, GiB));
        AssertNear(10 * GiB * 0.85, MemoryBudget.ForKvCache(ModelPlacement.Create(24, Options() with { TensorSplit = [0, 1] }, devices), devices, GiB));

        // 12 of 24 layers on the GPU and 12 beside the CPU, which has 2 GiB for them.
        Assert.Equal(4 * GiB, MemoryBudget.ForKvCache(ModelPlacement.Create(24, Options() with { GpuLayers = 13 }, [Cpu, First]), devices, 2 * GiB));
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_named_with_those_that_are()
    {
        var none = Options() with { SplitMode = GpuSplitMode.None, MainGpu = 1 };

        Assert.Equal("Agent:Model:MainGpu is 1, and there is no GPU that this build of llama.cpp can use. Remove it.", Refused(none, Cpu));
        Assert.Equal("Agent:Model:MainGpu is 1, and there is one GPU (CUDA0). Give 0 to 0, or remove it.", Refused(none, Cpu, First));
        Assert.Equal("Agent:Model:TensorSplit has 3 shares, and there are 2 GPUs (CUDA0, CUDA1). Give one share to each, 0 to one that is not to be used.", Refused(Options() with { TensorSplit = [1, 2, 3] }, Cpu, First, Second));
    }

    public static TheoryData<LlamaModelOptions, string> Invalid() => new()
    {
        { Options() with { GpuLayers = -1 }, "Agent:Model:GpuLayers is -1; it must be 0 to 1,000, or empty for all layers." },
        { Options() with { SplitMode = (GpuSplitMode)3 }, "Agent:Model:SplitMode is 3; it must be None, Layer or Row." },
        { Options() with { MainGpu = -1, SplitMode = GpuSplitMode.None }, "Agent:Model:MainGpu is -1; it must be 0 or more." },
        { Options() with { MainGpu = 0 }, "Agent:Model:MainGpu counts only where one GPU is used, and SplitMode is Layer. Set Agent:Model:SplitMode to None, or remove Agent:Model:MainGpu." },
        { Options() with { TensorSplit = [1, float.NaN] }, "Agent:Model:TensorSplit:1 is NaN; a share must be 0 or more." },
        { Options() with { TensorSplit = [0, 0] }, "Agent:Model:TensorSplit has no share above 0, or its sum is none. Give each GPU its share, for example 3 and 1." },
        { Options() with { TensorSplit = [1], SplitMode = GpuSplitMode.None }, "Agent:Model:TensorSplit spreads a model over several GPUs, and SplitMode is None. Set Agent:Model:SplitMode to Layer or Row, or remove Agent:Model:TensorSplit." },
        { Options() with { Adapters = [new() { Path = " " }] }, "Agent:Model:Adapters:0:Path is empty. Name a LoRA adapter in GGUF format." },
        { Options() with { Adapters = [new() { Path = "a", Scale = float.NaN }] }, "Agent:Model:Adapters:0:Scale is NaN; it must be -10 to 10." },
        { Options() with { Adapters = [new() { Path = "a" }], SplitMode = GpuSplitMode.Row }, "Agent:Model:Adapters do not go with SplitMode Row, which spreads each weight over GPUs. Set Agent:Model:SplitMode to Layer." },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void What_cannot_be_is_refused_with_key_and_fix(LlamaModelOptions options, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(options.Validate).Message);

    private static void AssertNear(double expected, long actual) => Assert.InRange(actual, expected - 1, expected + 1);

    private static LlamaModelOptions Options() => new() { Path = "model.gguf" };

    private static string Refused(LlamaModelOptions options, params ComputeDevice[] devices) =>
        Assert.Throws<ArgumentException>(() => ModelPlacement.Create(24, options, devices)).Message;
}
