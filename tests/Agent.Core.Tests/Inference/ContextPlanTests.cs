using Agent.Core.Gguf;
using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Testing;

namespace Agent.Core.Tests.Inference;

public class ContextPlanTests
{
    private const long Plenty = 1L << 40;
    private static readonly ModelDescription Embedded = ModelDescription.From(GgufFile.Read(Repository.EmbeddedModel)) with { ContextLength = 2048 };
    private static readonly ModelDescription Qwen7B = Embedded with { ContextLength = 32768 };

    [Theory]
    [InlineData(ContextProfile.Chat, 8192, 1)]
    [InlineData(ContextProfile.Documents, 32768, 1)]
    [InlineData(ContextProfile.Logs, 65536, 4)]
    [InlineData(ContextProfile.Books, 131072, 4)]
    public void A_profile_stretches_a_long_context_model_and_says_so(ContextProfile profile, int tokens, float factor)
    {
        var plan = ContextPlan.Create(Qwen7B, new EngineOptions { Profile = profile }, onGpu: true, Plenty);

        Assert.Equal((tokens, factor), (plan.ContextTokens, plan.YarnFactor));
        Assert.Equal(factor > 1, plan.Notes.Count == 1);
    }

    [Fact]
    public void A_small_model_keeps_to_its_training_and_says_so()
    {
        var plan = ContextPlan.Create(Embedded, new EngineOptions(), onGpu: false, Plenty);

        Assert.Equal(Embedded.ContextLength, plan.ContextTokens);
        Assert.Equal("8,192 tokens were asked for; this model was trained for 2,048, so that is its context.", Assert.Single(plan.Notes));
    }

    [Fact]
    public void Sequences_are_as_many_as_fit_up_to_a_limit()
    {
        var perContext = Embedded.KvBytesPerToken(GgmlType.F16, GgmlType.F16) * 2048;

        Assert.Equal(3, ContextPlan.Create(Embedded, new EngineOptions(), onGpu: false, perContext * 3).MaxSequences);
        Assert.Equal(8, ContextPlan.Create(Embedded, new EngineOptions(), onGpu: false, Plenty).MaxSequences);
        Assert.Equal(32, ContextPlan.Create(Embedded, new EngineOptions(), onGpu: true, Plenty).MaxSequences);
    }

    [Fact]
    public void What_does_not_fit_is_an_error_with_both_sizes_and_the_fix()
    {
        var error = Assert.Throws<EngineException>(() => ContextPlan.Create(Embedded, new EngineOptions { MaxSequences = 100 }, onGpu: false, 10 << 20));

        var needed = Embedded.KvBytesPerToken(GgmlType.F16, GgmlType.F16) * 2048 * 100 / 1048576;
        Assert.Contains($"100 x 2,048 tokens needs {needed:N0} MiB, and 10 MiB are free", error.Message, StringComparison.Ordinal);
        Assert.Contains("Agent:Engine:MaxSequences", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantised_keys_and_values_take_about_half()
    {
        var f16 = ContextPlan.Create(Embedded, new EngineOptions(), onGpu: false, Plenty).KvBytesPerToken;
        var q8 = ContextPlan.Create(Embedded, new EngineOptions { KvCacheType = KvCacheType.Q8_0 }, onGpu: false, Plenty).KvBytesPerToken;

        Assert.Equal(f16 * 34 / 64, q8);
    }
}
