using Agent.Core.Inference;
using Agent.Core.Tests.Testing;
using Agent.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using static Agent.Core.Tests.Inference.FakeEngine;

namespace Agent.Core.Tests.Inference;

/// <summary>What callers get of an engine, on a context without llama.cpp.</summary>
public class InferenceEngineFakeTests
{
    [Fact]
    public async Task Many_callers_get_what_each_asked_for()
    {
        await using var engine = await StartAsync(new FakeDecoderContext());

        var results = await Task.WhenAll(Enumerable.Range(1, 40).Select(i => ReadAsync(engine, Prompt(i), 20)));

        for (var i = 0; i < results.Length; i++)
        {
            Assert.Equal(FakeDecoderContext.Expected(Prompt(i + 1), 20, Vocabulary, 256), results[i]);
        }
    }

    [Fact]
    public async Task Statistics_tell_what_a_generation_took()
    {
        await using var engine = await StartAsync(new FakeDecoderContext());
        using var generation = engine.Submit(new GenerationRequest { Prompt = Prompt(1), MaxTokens = 5, IgnoreEndOfGeneration = true });

        Assert.Equal(5, await CountAsync(generation));

        var statistics = generation.Statistics!;
        Assert.Equal(StopReason.MaxTokens, statistics.Reason);
        Assert.Equal(5, statistics.CompletionTokens);
        Assert.Equal(Prompt(1).Length, statistics.PromptTokens);
        Assert.True(statistics.PrefillTime >= TimeSpan.Zero && statistics.DecodeTime >= TimeSpan.Zero);
    }

    [Fact]
    public async Task Idle_conversations_move_to_the_host_and_back_and_the_status_tells()
    {
        // The clock stands still, so that nothing looks cheaper or dearer than assumed.
        await using var engine = await InferenceEngine.StartAsync(
            () => new FakeDecoderContext(maxSequences: 1, contextPerSequence: 1000), new FakeTokenizer(), new EngineOptions { HostCacheMiB = 1 }, NullLogger.Instance, new ManualTimeProvider());
        int[] prompt = [.. Enumerable.Range(0, 200).Select(i => 1 + (i % 60))];
        var answer = await ReadAsync(engine, prompt, 5, ignoreEnd: true);
        await ReadAsync(engine, [.. Enumerable.Range(0, 180).Select(i => 2 + (i % 50))], 1, ignoreEnd: true);
        using var again = engine.Submit(new GenerationRequest { Prompt = [.. prompt, .. answer, 3], MaxTokens = 1, IgnoreEndOfGeneration = true });
        await CountAsync(again);

        Assert.Equal(204, again.CachedTokens);
        Assert.Equal(204, again.Statistics!.CachedTokens);
        while (engine.Status.Active > 0)
        {
            await Task.Yield();
        }

        var status = engine.Status;
        Assert.Equal((2, 1, 204, 0), (status.Saves, status.Restores, status.RestoredTokens, status.FailedMoves));
        Assert.Equal(2, status.OffloadedSequences);
        Assert.True(status.OffloadedBytes > 380 * 8);
    }

    [Fact]
    public async Task Without_a_budget_nothing_moves()
    {
        await using var engine = await StartAsync(new FakeDecoderContext(maxSequences: 1, contextPerSequence: 1000), new EngineOptions { HostCacheMiB = 0 });
        foreach (var first in new[] { 1, 2, 3 })
        {
            await ReadAsync(engine, [.. Enumerable.Repeat(first, 200)], 1, ignoreEnd: true);
        }

        Assert.Equal((0L, 0), (engine.Status.Saves, engine.Status.OffloadedSequences));
    }

    public static TheoryData<GenerationRequest> Invalid() => new()
    {
        new GenerationRequest { Prompt = [] },
        new GenerationRequest { Prompt = [-1] },
        new GenerationRequest { Prompt = [Vocabulary] },
        new GenerationRequest { Prompt = [1], MaxTokens = 0 },
        new GenerationRequest { Prompt = [1], MaxTokens = -5 },
        new GenerationRequest { Prompt = [1], PinnedTokens = -1 },
        new GenerationRequest { Prompt = [1], PinnedTokens = 2 },
        new GenerationRequest { Prompt = [1], Priority = (RequestPriority)7 },
        new GenerationRequest { Prompt = [1], CacheSalt = new string('s', GenerationRequest.MaxCacheSaltLength + 1) },
        new GenerationRequest { Prompt = [1], Sampling = new() { Temperature = float.NaN } },
        new GenerationRequest { Prompt = [1], Sampling = new() { LogitBias = new Dictionary<int, float> { [Vocabulary] = 1 } } },
        new GenerationRequest { Prompt = [1], Sampling = new() { LogitBias = new Dictionary<int, float> { [3] = float.PositiveInfinity } } },
        new GenerationRequest { Prompt = [1], Sampling = new() { LogitBias = new Dictionary<int, float> { [3] = float.NaN } } },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public async Task What_would_trip_native_code_is_refused_first(GenerationRequest request)
    {
        await using var engine = await StartAsync(new FakeDecoderContext());

        Assert.ThrowsAny<ArgumentException>(() => engine.Submit(request));
    }

    [Fact]
    public async Task A_prompt_as_long_as_the_context_is_refused_with_both_numbers()
    {
        await using var engine = await StartAsync(new FakeDecoderContext(contextPerSequence: 32));

        var error = Assert.Throws<ContextOverflowException>(() => engine.Submit(new GenerationRequest { Prompt = Enumerable.Repeat(1, 32).ToArray() }));

        Assert.Equal((32, 32), (error.PromptTokens, error.ContextTokens));
    }
}
