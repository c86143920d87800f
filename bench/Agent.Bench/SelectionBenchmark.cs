using System.Diagnostics;
using System.Text.Json;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Native;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Bench;

/// <summary>
/// What it saves that the device picks the best logits of each row: steps of the same tokens with whole rows and with the best blocks, and whether both
/// have the same best tokens.
/// </summary>
internal sealed class SelectionBenchmark
{
    private const int PromptTokens = 64;

    public required string ModelPath { get; init; }

    public required IReadOnlyList<int> Sequences { get; init; }

    public required int Steps { get; init; }

    public required string? LibraryPath { get; init; }

    /// <summary>Prints one JSON object for each number of sequences; 1 where a row's best tokens differ.</summary>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var runtime = LlamaRuntime.Load(new LlamaRuntimeOptions { LibraryPath = LibraryPath }, NullLogger.Instance);
        using var model = await LlamaModel.LoadAsync(runtime, new LlamaModelOptions { Path = ModelPath }, progress: null, NullLogger.Instance, cancellationToken).ConfigureAwait(false);
        if (Steps < 2)
        {
            throw new InvalidOperationException("--steps must be 2 or more: the first one computes the prompts.");
        }

        var agrees = true;
        foreach (var sequences in Sequences)
        {
            using var plain = Create(model, sequences, select: false);
            using var selecting = Create(model, sequences, select: true);
            var (different, most) = (0, 0f);
            var (plainTime, selectingTime) = (TimeSpan.Zero, TimeSpan.Zero);
            var lists = (new CandidateList(plain.VocabularySize), new CandidateList(plain.VocabularySize));
            for (var step = 0; step < Steps; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var isPrompt = step == 0;
                plainTime += Run(plain, Batch(plain, sequences, isPrompt, step, whole: true), counts: !isPrompt);
                selectingTime += Run(selecting, Batch(selecting, sequences, isPrompt, step, whole: false), counts: !isPrompt);
                for (var row = 0; row < sequences && selecting.BestCount > 0; row++)
                {
                    different += Compare(lists, plain.GetLogits(row), selecting.GetBest(row), ref most) ? 0 : 1;
                }
            }

            agrees &= different == 0;
            await output.WriteLineAsync(JsonSerializer.Serialize(new
            {
                sequences,
                selects = selecting.BestCount,
                whole_ms = Math.Round(plainTime.TotalMilliseconds / (Steps - 1), 3),
                best_ms = Math.Round(selectingTime.TotalMilliseconds / (Steps - 1), 3),
                rows = sequences * Steps,
                rows_that_differ = different,
                most_difference = most,
            })).ConfigureAwait(false);
        }

        return agrees ? 0 : 1;
    }

    private static NativeContext Create(LlamaModel model, int sequences, bool select) => NativeContext.Create(model.Native, new NativeContextOptions
    {
        ContextPerSequence = 512,
        MaxSequences = sequences,
        MaxOutputs = sequences,
        BatchSize = sequences * PromptTokens,
        MicroBatchSize = Math.Min(2048, sequences * PromptTokens),
        Threads = Math.Max(1, Environment.ProcessorCount / 2),
        BatchThreads = Math.Max(1, Environment.ProcessorCount / 2),
        KvType = KvCacheType.F16,
        FlashAttention = true,
        OnGpu = model.OnGpu,
        SelectOnDevice = select,
    });

    private static DecodeBatch Batch(NativeContext context, int sequences, bool isPrompt, int step, bool whole)
    {
        var random = new Random(step);
        var tokens = isPrompt ? PromptTokens : 1;
        var batch = new DecodeBatch(sequences * tokens);
        for (var sequence = 0; sequence < sequences; sequence++)
        {
            var start = context.GetLength(sequence);
            for (var i = 0; i < tokens; i++)
            {
                batch.Add(random.Next(300, Math.Min(12_000, context.VocabularySize)), start + i, sequence, output: i == tokens - 1, whole);
            }
        }

        return batch;
    }

    private static TimeSpan Run(NativeContext context, DecodeBatch batch, bool counts)
    {
        var start = Stopwatch.GetTimestamp();
        if (context.Decode(batch) != DecodeStatus.Ok)
        {
            throw new InvalidOperationException("llama.cpp cannot compute a step.");
        }

        context.Synchronize();
        return counts ? Stopwatch.GetElapsedTime(start) : TimeSpan.Zero;
    }

    /// <summary>By their logits: of more equal ones than are picked, any may be (weights that are random may hold the same rows many times).</summary>
    private static bool Compare((CandidateList Whole, CandidateList Best) lists, ReadOnlySpan<float> whole, BestLogits best, ref float most)
    {
        lists.Whole.FillTop(whole, LogitBlocks.BestCount);
        lists.Best.FillTop(best, LogitBlocks.BestCount);
        for (var i = 0; i < lists.Whole.Count; i++)
        {
            most = Math.Max(most, Math.Abs(lists.Whole.Logits[i] - lists.Best.Logits[i]));
        }

        return lists.Whole.Logits.SequenceEqual(lists.Best.Logits);
    }
}
