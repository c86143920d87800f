using System.Runtime.InteropServices;
using Agent.Core.Native;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Native;

/// <summary>The structures that cross the border by value must have the layout of the loaded release.</summary>
public class NativeStructTests
{
    [Fact]
    public void Sizes_are_those_of_the_header()
    {
        Assert.Equal(80, Marshal.SizeOf<LlamaModelParams>());
        Assert.Equal(160, Marshal.SizeOf<LlamaContextParams>());
        Assert.Equal(56, Marshal.SizeOf<LlamaBatch>());
        Assert.Equal(96, Marshal.SizeOf<LlamaSamplerInterface>());
        Assert.Equal(32, Marshal.SizeOf<LlamaSamplerData>());
        Assert.Equal(16, Marshal.SizeOf<LlamaSamplerConfig>());
    }

    [Fact]
    public void Defaults_come_back_in_their_fields()
    {
        LlamaRuntime.Load(new LlamaRuntimeOptions(), NullLogger.Instance);

        var model = LlamaApi.ModelDefaultParams();
        var context = LlamaApi.ContextDefaultParams();

        Assert.Equal(-1, model.GpuLayers);
        Assert.Equal(1, model.SplitMode);
        Assert.Equal(0, model.VocabularyOnly);
        Assert.Equal(1, model.UseExtraBuffers);
        Assert.Equal(512u, context.ContextSize);
        Assert.Equal(2048u, context.BatchSize);
        Assert.Equal(512u, context.MicroBatchSize);
        Assert.Equal(1u, context.MaxSequences);
        Assert.Equal(-1, context.FlashAttentionType);
        Assert.Equal(-1f, context.YarnBetaFast);
        Assert.Equal((int)KvCacheType.F16, context.TypeK);
        Assert.Equal((int)KvCacheType.F16, context.TypeV);
        Assert.Equal(1, context.OffloadKqv);
        Assert.Equal(0, context.KvUnified);
    }

    [Fact]
    public void The_library_says_what_it_is()
    {
        var runtime = LlamaRuntime.Load(new LlamaRuntimeOptions(), NullLogger.Instance);

        Assert.Matches("^0\\.[45]\\.0", runtime.Version);
        Assert.NotEmpty(runtime.GetDevices());
        Assert.Contains("CPU", runtime.SystemInfo, StringComparison.Ordinal);
    }
}
