using Agent.Core.Inference;
using Agent.Core.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Tests.Inference;

/// <summary>Engines on a context without llama.cpp, and how tests ask them.</summary>
internal static class FakeEngine
{
    public const int Vocabulary = 64;

    /// <summary>How long a test may hold the engine's thread: one that is held for ever could not be disposed where a test fails.</summary>
    public static readonly TimeSpan MostWait = TimeSpan.FromSeconds(20);

    public static Task<InferenceEngine> StartAsync(FakeDecoderContext context, EngineOptions? options = null, ITokenizer? tokenizer = null) =>
        InferenceEngine.StartAsync(
            () => context, tokenizer ?? new FakeTokenizer(), options ?? new EngineOptions(), NullLogger.Instance, TimeProvider.System);

    /// <summary>A prompt of 5 to 24 tokens; the same for the same seed.</summary>
    public static int[] Prompt(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 5 + (seed % 20)).Select(_ => random.Next(1, 60))];
    }

    /// <summary>The whole answer to a prompt.</summary>
    public static async Task<List<int>> ReadAsync(InferenceEngine engine, int[] prompt, int maxTokens, bool ignoreEnd = false)
    {
        using var generation = engine.Submit(new GenerationRequest { Prompt = prompt, MaxTokens = maxTokens, IgnoreEndOfGeneration = ignoreEnd });
        var tokens = new List<int>();
        await foreach (var token in generation.ReadTokensAsync())
        {
            tokens.Add(token);
        }

        return tokens;
    }

    /// <summary>The number of tokens that a generation still gives.</summary>
    public static async Task<int> CountAsync(Generation generation)
    {
        var count = 0;
        await foreach (var _ in generation.ReadTokensAsync())
        {
            count++;
        }

        return count;
    }
}
