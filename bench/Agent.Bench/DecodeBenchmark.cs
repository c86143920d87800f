using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Agent.Core.Inference;
using Agent.Core.Native;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Bench;

/// <summary>
/// Sequences with prompts of their own, all submitted at once, as callers see them. Prefill is timed until the last sequence
/// has its first token, decoding from then until the first one ends, so that all of them run all of that time.
/// </summary>
internal sealed class DecodeBenchmark
{
    public required string ModelPath { get; init; }

    public required string? LibraryPath { get; init; }

    public required int[] Batches { get; init; }

    public required int PromptTokens { get; init; }

    public required int GeneratedTokens { get; init; }

    public required int MicroBatch { get; init; }

    public required int GpuLayers { get; init; }

    /// <summary>Prints one JSON object a line: the load, then each batch size twice, the first for warming up.</summary>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var runtime = LlamaRuntime.Load(new LlamaRuntimeOptions { LibraryPath = LibraryPath }, NullLogger.Instance);
        var libraryTime = clock.Elapsed;
        var freeBefore = FreeMemory(runtime);
        clock.Restart();
        using var model = await LlamaModel.LoadAsync(runtime, new LlamaModelOptions { Path = ModelPath, GpuLayers = GpuLayers }, progress: null, NullLogger.Instance, cancellationToken).ConfigureAwait(false);
        Print(output, new
        {
            what = "load",
            model = Path.GetFileName(ModelPath),
            llama = runtime.Version,
            backend = runtime.Choice.Backend.ToString(),
            devices = runtime.GetDevices().Select(d => d.Description),
            library_s = Seconds(libraryTime),
            model_s = Seconds(clock.Elapsed),
            weights_mib = (freeBefore - FreeMemory(runtime)) >> 20,
        });
        foreach (var batch in Batches)
        {
            await RunBatchAsync(model, batch, output, cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }

    private async Task RunBatchAsync(LlamaModel model, int batch, TextWriter output, CancellationToken cancellationToken)
    {
        var freeBefore = FreeMemory(model.Runtime);
        var options = new EngineOptions
        {
            MaxSequences = batch,
            ContextTokens = PromptTokens + GeneratedTokens + 8,
            MicroBatchSize = MicroBatch,
            BatchSize = Math.Max(2048, MicroBatch),
        };
        var clock = Stopwatch.StartNew();
        var engine = await InferenceEngine.StartAsync(model, options, NullLogger.Instance).ConfigureAwait(false);
        await using (engine.ConfigureAwait(false))
        {
            var start = clock.Elapsed;
            var used = freeBefore - FreeMemory(model.Runtime);
            for (var run = 0; run < 3; run++)
            {
                await RunOnceAsync(model, engine, batch, run, start, used, output, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task RunOnceAsync(LlamaModel model, InferenceEngine engine, int batch, int run, TimeSpan start, long used, TextWriter output, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var arrivals = await Task.WhenAll(Enumerable.Range(0, batch).Select(i =>
            GenerateAsync(engine, Prompt(model, (run * 1000) + i), clock, cancellationToken))).ConfigureAwait(false);
        var prefilled = arrivals.Max(a => a[0]);
        var firstEnd = arrivals.Min(a => a[^1]);
        var decoded = arrivals.Sum(a => a.Count(t => t > prefilled && t <= firstEnd));
        var gaps = arrivals.SelectMany(a => a.Zip(a.Skip(1), (x, y) => y - x)).Order().ToList();
        Print(output, new
        {
            what = "decode",
            batch,
            run,
            engine_start_s = Seconds(start),
            context_mib = used >> 20,
            prefill_tok_s = Math.Round(batch * PromptTokens / prefilled.TotalSeconds, 1),
            ttft_ms = Math.Round(arrivals.Select(a => a[0].TotalMilliseconds).Order().ElementAt(batch / 2), 1),
            decode_tok_s = Math.Round(decoded / (firstEnd - prefilled).TotalSeconds, 1),
            gap_p50_ms = Math.Round(gaps[gaps.Count / 2].TotalMilliseconds, 2),
            gap_p99_ms = Math.Round(gaps[(int)(gaps.Count * 0.99)].TotalMilliseconds, 2),
            total_s = Seconds(clock.Elapsed),
            allocated_mib = GC.GetTotalAllocatedBytes() >> 20,
        });
    }

    private async Task<List<TimeSpan>> GenerateAsync(InferenceEngine engine, int[] prompt, Stopwatch clock, CancellationToken cancellationToken)
    {
        var arrivals = new List<TimeSpan>(GeneratedTokens);
        using var generation = engine.Submit(new GenerationRequest { Prompt = prompt, MaxTokens = GeneratedTokens, IgnoreEndOfGeneration = true });
        await foreach (var _ in generation.ReadTokensAsync(cancellationToken).ConfigureAwait(false))
        {
            arrivals.Add(clock.Elapsed);
        }

        return arrivals;
    }

    private int[] Prompt(LlamaModel model, int seed)
    {
        var random = new Random(seed);
        var ordinary = Math.Min(model.Tokenizer.VocabularySize, 10_000);
        return [.. Enumerable.Range(0, PromptTokens).Select(_ => random.Next(300, ordinary))];
    }

    private static long FreeMemory(LlamaRuntime runtime) => runtime.GetDevices().Where(d => d.IsGpu).Sum(d => d.FreeBytes);

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    private static void Print(TextWriter output, object row)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{JsonSerializer.Serialize(row)}"));
        output.Flush();
    }
}
