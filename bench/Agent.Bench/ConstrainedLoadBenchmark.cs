using System.Diagnostics;
using System.Text.Json;
using Agent.Core.Chat.Constraints;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Native;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Bench;

/// <summary>
/// What it costs that answers follow a schema while they are written, on the whole path: many answers at once, all of their tokens held to it and none,
/// in turns. Weights may be random, since the schema decides what is written.
/// </summary>
internal sealed class ConstrainedLoadBenchmark
{
    // Structure, choices, and strings short enough to end: an answer in which any kind of token is due again and again, until the limit.
    private static readonly JsonElement Schema = JsonDocument.Parse("""
        {
          "type": "array", "minItems": 200,
          "items": {
            "type": "object", "additionalProperties": false, "required": ["name", "count", "kind", "open", "notes"],
            "properties": {
              "name": { "type": "string", "maxLength": 24 },
              "count": { "type": "integer" },
              "kind": { "enum": ["order", "return", "repair", "question"] },
              "open": { "type": "boolean" },
              "notes": { "type": "array", "maxItems": 3, "items": { "type": "string", "maxLength": 60 } }
            }
          }
        }
        """).RootElement;

    public required string ModelPath { get; init; }

    public required IReadOnlyList<int> Sequences { get; init; }

    public required int Tokens { get; init; }

    public required int Runs { get; init; }

    public required string? LibraryPath { get; init; }

    /// <summary>Prints one JSON object for each number of answers.</summary>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var runtime = LlamaRuntime.Load(new LlamaRuntimeOptions { LibraryPath = LibraryPath }, NullLogger.Instance);
        using var model = await LlamaModel.LoadAsync(runtime, new LlamaModelOptions { Path = ModelPath }, progress: null, NullLogger.Instance, cancellationToken).ConfigureAwait(false);
        var constraints = new ChatConstraints(model.Tokenizer);
        foreach (var sequences in Sequences)
        {
            var engine = await InferenceEngine.StartAsync(model, new EngineOptions { MaxSequences = sequences, ContextTokens = Tokens + 256, DraftTokens = 0 }, NullLogger.Instance).ConfigureAwait(false);
            await using (engine.ConfigureAwait(false))
            {
                List<double> free = [], held = [];
                for (var run = 0; run <= Runs; run++)
                {
                    // The first round warms up, and meets most states of the schema.
                    var without = await RateAsync(engine, null, sequences, run, cancellationToken).ConfigureAwait(false);
                    var with = await RateAsync(engine, constraints, sequences, run, cancellationToken).ConfigureAwait(false);
                    if (run > 0)
                    {
                        free.Add(without);
                        held.Add(with);
                    }
                }

                await output.WriteLineAsync(JsonSerializer.Serialize(new
                {
                    sequences,
                    tokens = Tokens,
                    free_tokens_per_second = Math.Round(Medians.Of(free), 1),
                    held_tokens_per_second = Math.Round(Medians.Of(held), 1),
                    ratio = Math.Round(Medians.Of([.. held.Zip(free, (a, b) => a / b)]), 3),
                })).ConfigureAwait(false);
            }
        }

        return 0;
    }

    /// <summary>Tokens in a second from the first answer's first to the last one's last.</summary>
    private async Task<double> RateAsync(InferenceEngine engine, ChatConstraints? constraints, int sequences, int run, CancellationToken cancellationToken)
    {
        var begun = new long[sequences];
        var ended = new long[sequences];
        await Task.WhenAll(Enumerable.Range(0, sequences).Select(async i =>
        {
            using var generation = engine.Submit(new GenerationRequest
            {
                // Prompts of their own, so that nothing is shared; a seed, so that both ways draw alike.
                Prompt = [.. Enumerable.Range(0, 32).Select(t => 300 + (((run * sequences) + i + (t * 7)) % 1000))],
                MaxTokens = Tokens,
                IgnoreEndOfGeneration = true,
                Sampling = new SamplingOptions { Temperature = 0.7f, TopK = 40, TopP = 0.9f, Seed = (run * 1000) + i },
                Constraint = constraints?.Create([], begun: null, ChatResponseFormat.ForJsonSchema(Schema)),
            });
            await foreach (var token in generation.ReadTokensAsync(cancellationToken).ConfigureAwait(false))
            {
                ended[i] = Stopwatch.GetTimestamp();
                begun[i] = begun[i] == 0 ? ended[i] : begun[i];
            }
        })).ConfigureAwait(false);
        return sequences * (Tokens - 1.0) / Stopwatch.GetElapsedTime(begun.Min(), ended.Max()).TotalSeconds;
    }
}
