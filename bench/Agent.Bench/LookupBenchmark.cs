using System.Diagnostics;
using System.Text.Json;
using Agent.Core.Inference;
using Agent.Core.Native;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Bench;

/// <summary>
/// What trying tokens ahead gains: answers that quote a given part of their prompt, with it and without it, one at a time. What the answers say
/// is fixed beforehand, so that any weights do; what steps cost, and which guesses are right, is as in earnest.
/// </summary>
internal sealed class LookupBenchmark
{
    private const int LeastQuote = 20;
    private const int MostQuote = 60;

    public required string ModelPath { get; init; }

    /// <summary>The text in the prompt.</summary>
    public required string PassagesPath { get; init; }

    /// <summary>A text that is not in the prompt: what of the answer is no quote.</summary>
    public required string OtherPath { get; init; }

    public required int PromptTokens { get; init; }

    public required int AnswerTokens { get; init; }

    public required double[] Shares { get; init; }

    public required int Runs { get; init; }

    public required string? LibraryPath { get; init; }

    /// <summary>Prints one JSON object for each share.</summary>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var runtime = LlamaRuntime.Load(new LlamaRuntimeOptions { LibraryPath = LibraryPath }, NullLogger.Instance);
        using var model = await LlamaModel.LoadAsync(runtime, new LlamaModelOptions { Path = ModelPath }, progress: null, NullLogger.Instance, cancellationToken).ConfigureAwait(false);
        var passages = Read(model.Tokenizer, PassagesPath).Take(PromptTokens).ToArray();
        var other = Read(model.Tokenizer, OtherPath);
        var options = new EngineOptions { MaxSequences = 1, ContextTokens = passages.Length + AnswerTokens + 8 };
        var off = await InferenceEngine.StartAsync(model, options with { DraftTokens = 0 }, NullLogger.Instance).ConfigureAwait(false);
        await using (off.ConfigureAwait(false))
        {
            var on = await InferenceEngine.StartAsync(model, options, NullLogger.Instance).ConfigureAwait(false);
            await using (on.ConfigureAwait(false))
            {
                foreach (var share in Shares)
                {
                    await CompareAsync(output, share, passages, other, off, on, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return 0;
    }

    private async Task CompareAsync(TextWriter output, double share, int[] passages, int[] other, InferenceEngine off, InferenceEngine on, CancellationToken cancellationToken)
    {
        List<double> without = [], with = [];
        var (tried, right) = (on.Status.DraftTokens, on.Status.AcceptedDraftTokens);
        for (var run = 0; run <= Runs; run++)
        {
            // The same answer for both, in turns; the first round warms up.
            var answer = Answer(passages, other, share, new Random(run));
            var first = await RateAsync(off, passages, answer, cancellationToken).ConfigureAwait(false);
            var second = await RateAsync(on, passages, answer, cancellationToken).ConfigureAwait(false);
            if (run > 0)
            {
                without.Add(first);
                with.Add(second);
            }
        }

        await output.WriteLineAsync(JsonSerializer.Serialize(new
        {
            quoted = share,
            prompt_tokens = passages.Length,
            answer_tokens = AnswerTokens,
            off_tokens_per_second = Math.Round(Medians.Of(without), 1),
            on_tokens_per_second = Math.Round(Medians.Of(with), 1),
            ratio = Math.Round(Medians.Of([.. with.Zip(without, (a, b) => a / b)]), 3),
            tried = on.Status.DraftTokens - tried,
            right = on.Status.AcceptedDraftTokens - right,
        })).ConfigureAwait(false);
    }

    /// <summary>Tokens in a second from the first token to the last.</summary>
    private static async Task<double> RateAsync(InferenceEngine engine, int[] prompt, int[] answer, CancellationToken cancellationToken)
    {
        using var generation = engine.Submit(new GenerationRequest
        {
            Prompt = prompt,
            MaxTokens = answer.Length,
            IgnoreEndOfGeneration = true,
            LogitProcessors = [new ScriptedAnswer(answer)],
        });
        var received = 0;
        var start = 0L;
        await foreach (var token in generation.ReadTokensAsync(cancellationToken).ConfigureAwait(false))
        {
            start = received == 0 ? Stopwatch.GetTimestamp() : start;
            if (token != answer[received++])
            {
                throw new InvalidOperationException($"Token {received - 1} of the answer is {token}, not {answer[received - 1]}.");
            }
        }

        return (received - 1) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private int[] Answer(int[] passages, int[] other, double share, Random random)
    {
        var answer = new List<int>();
        while (answer.Count < AnswerTokens)
        {
            var length = random.Next(LeastQuote, MostQuote);
            Add(answer, other, share >= 1 ? 0 : share <= 0 ? length : (int)Math.Round(length * (1 - share) / share), random);
            Add(answer, passages, share <= 0 ? 0 : length, random);
        }

        return [.. answer.Take(AnswerTokens)];
    }

    private static void Add(List<int> answer, int[] source, int length, Random random)
    {
        length = Math.Min(length, source.Length);
        answer.AddRange(source.AsSpan(random.Next(source.Length - length + 1), length));
    }

    private static int[] Read(ITokenizer tokenizer, string path)
    {
        var tokens = new List<int>();
        tokenizer.Encode(File.ReadAllText(path), tokens);
        return [.. tokens];
    }
}
