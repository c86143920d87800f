using Agent.Core.Native;

namespace Agent.Core.Inference;

/// <summary>Shape and limits of an inference engine.</summary>
public sealed record EngineOptions
{
    /// <summary>How much text one conversation may hold.</summary>
    /// <value>Default <see cref="ContextProfile.Chat"/>. What the model was not trained for is cut, and said.</value>
    public ContextProfile Profile { get; init; } = ContextProfile.Chat;

    /// <summary>Tokens one conversation may hold, in place of the profile's.</summary>
    /// <value>256 to 1,048,576. Default: null, the profile's.</value>
    public int? ContextTokens { get; init; }

    /// <summary>Conversations that are computed side by side.</summary>
    /// <value>1 to 256. Default: null, as many as memory holds, up to 8 on a CPU and 32 on a GPU.</value>
    public int? MaxSequences { get; init; }

    /// <summary>Most tokens in one step.</summary>
    /// <value>32 to 16,384. Default 2,048.</value>
    public int BatchSize { get; init; } = 2048;

    /// <summary>Most tokens computed at once inside a step; larger is faster to prefill and needs more memory.</summary>
    /// <value>32 to 16,384. Default: null, 2,048 on a GPU and 512 on a CPU.</value>
    public int? MicroBatchSize { get; init; }

    /// <summary>Most prompt tokens in a step while answers are being generated, however fast they are computed.</summary>
    /// <value>32 to 16,384. Default 2,048.</value>
    public int PrefillTokensWhileDecoding { get; init; } = 2048;

    /// <summary>
    /// How long a step may take that computes prompts while answers are being generated: the longest regular pause between two of their tokens.
    /// Where a step without prompts takes about half of it or more, 2.2 times that step; where many prompts wait and few answers run, or several
    /// short ones (up to 512 tokens) wait, up to ten times as long; and half as long again where that computes twice as much.
    /// </summary>
    /// <value>1 ms to 10 s. Default 20 ms.</value>
    public TimeSpan StepTarget { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Most tokens that are tried ahead in one step where a tool call must go on in a certain way by its form, or where an answer repeats what stands
    /// in its prompt: a passage, a tool's result, the question.
    /// Nothing but the model's own choice is taken, so answers do not depend on it but for rounding; it is used where it was measured to be faster,
    /// and neither with more than four answers at once nor where a request fixes the seed of its draws.
    /// </summary>
    /// <value>0 (off) to 63. Default 31.</value>
    public int DraftTokens { get; init; } = 31;

    /// <summary>CPU threads.</summary>
    /// <value>
    /// 1 to 512. Default: null, all cores up to four, half of them above, and fewer while other programs need the cores.
    /// </value>
    public int? Threads { get; init; }

    /// <summary>Threads that choose the next tokens of a step, side by side.</summary>
    /// <value>1 to 64. Default: null, all cores but two, up to 16, where a GPU computes, otherwise one.</value>
    public int? SamplingThreads { get; init; }

    /// <summary>
    /// Whether a GPU picks the best logits of each row, so that only those are copied and looked at. It chooses nothing: a request that draws from more
    /// than the best 40, that changes logits, or that is in a tool call is given all of its own. A logit that is no number goes unnoticed where others of
    /// its row are sound.
    /// </summary>
    /// <value>
    /// Default true. Without effect on a CPU, for vocabularies below some 2,600 tokens and with llama.cpp v0.4.0.
    /// </value>
    public bool SelectOnDevice { get; init; } = true;

    /// <summary>Storage of keys and values.</summary>
    /// <value>Default <see cref="KvCacheType.F16"/>.</value>
    public KvCacheType KvCacheType { get; init; } = KvCacheType.F16;

    /// <summary>The part of the free memory that the KV cache may take: of the GPU's where one computes, else of what this process may use.</summary>
    /// <value>0.05 to 0.95. Default: null, 0.85 on a GPU and 0.5 on a CPU; the rest is for compute buffers and for what else runs there.</value>
    public double? KvMemoryShare { get; init; }

    /// <summary>
    /// MiB of host memory for conversations that are idle and whose cells another one needs: they come back from there, where that is cheaper
    /// than computing them anew. Of each engine; pageable memory outside the managed heap, taken as it is needed.
    /// </summary>
    /// <value>
    /// 0 (off) to 1,048,576. Default: null, on a GPU a quarter of the free host memory up to 4,096, on a CPU 0, since the KV cache is in host memory
    /// there already and more <see cref="MaxSequences"/> serve better. Off for models with a sliding window or a recurrent memory.
    /// </value>
    public int? HostCacheMiB { get; init; }

    /// <summary>Flash attention.</summary>
    /// <value>Default true.</value>
    public bool FlashAttention { get; init; } = true;

    /// <summary>Requests that may wait for a sequence.</summary>
    /// <value>1 to 100,000. Default 256.</value>
    public int QueueLimit { get; init; } = 256;

    /// <summary>Checks every value against its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside it; the message names the key and the range.</exception>
    public void Validate()
    {
        Check(ContextTokens ?? 256, 256, 1 << 20, nameof(ContextTokens));
        Check(MaxSequences ?? 1, 1, 256, nameof(MaxSequences));
        Check(BatchSize, 32, 16384, nameof(BatchSize));
        Check(MicroBatchSize ?? 32, 32, 16384, nameof(MicroBatchSize));
        Check(PrefillTokensWhileDecoding, 32, 16384, nameof(PrefillTokensWhileDecoding));
        Check((int)Math.Clamp(StepTarget.TotalMilliseconds, 0, int.MaxValue), 1, 10_000, nameof(StepTarget));
        Check(DraftTokens, 0, 63, nameof(DraftTokens));
        Check(Threads ?? 1, 1, 512, nameof(Threads));
        Check(SamplingThreads ?? 1, 1, 64, nameof(SamplingThreads));
        Check(QueueLimit, 1, 100_000, nameof(QueueLimit));
        Check(HostCacheMiB ?? 0, 0, 1 << 20, nameof(HostCacheMiB));
        if (KvMemoryShare is not (null or (>= 0.05 and <= 0.95)))
        {
            throw new ArgumentOutOfRangeException(nameof(KvMemoryShare), KvMemoryShare, "Agent:Engine:KvMemoryShare must be 0.05 to 0.95.");
        }

        if (KvCacheType == KvCacheType.Q8_0 && !FlashAttention)
        {
            throw new ArgumentOutOfRangeException(nameof(KvCacheType), "Agent:Engine:KvCacheType Q8_0 needs flash attention. Set Agent:Engine:FlashAttention to true, or KvCacheType to F16.");
        }
    }

    private static void Check(int value, int from, int to, string name)
    {
        if (value < from || value > to)
        {
            throw new ArgumentOutOfRangeException(name, value, $"Agent:Engine:{name} must be {from:N0} to {to:N0}.");
        }
    }
}
