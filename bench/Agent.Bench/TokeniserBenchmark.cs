using System.Diagnostics;
using System.Text.Json;
using Agent.Core.Chat.Prompting;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Agent.Core.Native;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Bench;

/// <summary>What it takes to make a text into tokens: anew, and where it came lately.</summary>
internal sealed class TokeniserBenchmark
{
    private const int Runs = 20;

    public required string VocabularyPath { get; init; }

    public required string TextPath { get; init; }

    public required string? LibraryPath { get; init; }

    /// <summary>Prints one JSON object; the fastest of 20 runs each.</summary>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var runtime = LlamaRuntime.Load(new LlamaRuntimeOptions { LibraryPath = LibraryPath }, NullLogger.Instance);
        var text = await File.ReadAllTextAsync(TextPath, cancellationToken).ConfigureAwait(false);
        using var vocabulary = await LlamaModel.LoadVocabularyAsync(runtime, VocabularyPath, NullLogger.Instance, cancellationToken).ConfigureAwait(false);
        PromptSegment[] segments = [new(text, IsTrusted: false)];
        var known = new PromptEncoder(vocabulary.Tokenizer);
        var tokens = known.Encode(segments).Count;
        var anew = Fastest(() => new PromptEncoder(vocabulary.Tokenizer), segments);
        var again = Fastest(() => known, segments);
        await output.WriteLineAsync(JsonSerializer.Serialize(new
        {
            characters = text.Length,
            tokens,
            anew_ms = Math.Round(anew.TotalMilliseconds, 3),
            again_ms = Math.Round(again.TotalMilliseconds, 3),
            microseconds_per_token = Math.Round(anew.TotalMicroseconds / tokens, 2),
        })).ConfigureAwait(false);
        return 0;
    }

    private static TimeSpan Fastest(Func<PromptEncoder> encoder, PromptSegment[] segments)
    {
        var fastest = TimeSpan.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            var used = encoder();
            var start = Stopwatch.GetTimestamp();
            used.Encode(segments);
            var time = Stopwatch.GetElapsedTime(start);
            fastest = time < fastest ? time : fastest;
        }

        return fastest;
    }
}
