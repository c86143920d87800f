using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Agent.Core.Chat.Constraints;
using Agent.Core.Chat.Template;
using Agent.Core.Chat.ToolCalls;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Sampling.Constraints;
using Agent.Core.Native;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Bench;

/// <summary>
/// What constrained decoding costs for each token: the expected calls of an evaluation suite, token by token, over its tools and the
/// vocabulary of a model, without a model.
/// </summary>
internal sealed class ConstraintBenchmark
{
    public required string VocabularyPath { get; init; }

    public required string SuitePath { get; init; }

    public required string ToolSetsPath { get; init; }

    public required string? LibraryPath { get; init; }

    /// <summary>Prints one JSON object a line: the vocabulary, the masks met for the first time and again, and the whole choice of a token.</summary>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var runtime = LlamaRuntime.Load(new LlamaRuntimeOptions { LibraryPath = LibraryPath }, NullLogger.Instance);
        using var model = await LlamaModel.LoadVocabularyAsync(runtime, VocabularyPath, NullLogger.Instance, cancellationToken).ConfigureAwait(false);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        var vocabulary = TokenVocabulary.Of(model.Tokenizer);
        Print(output, new
        {
            what = "vocabulary",
            tokens = vocabulary.Size,
            trie_nodes = vocabulary.Trie.Count,
            build_ms = Math.Round(clock.Elapsed.TotalMilliseconds, 1),
            memory_mib = Math.Round((GC.GetTotalMemory(forceFullCollection: true) - before) / 1048576.0, 1),
        });

        // Once on tools that are thrown away, so that what is timed below is compiled.
        var calls = Calls(model.Tokenizer);
        Pass(calls[..Math.Min(20, calls.Count)], new ChatConstraints(model.Tokenizer), [], cancellationToken);
        var constraints = calls.Select(c => c.Tools.GetRawText()).Distinct(StringComparer.Ordinal).ToDictionary(t => t, _ => new ChatConstraints(model.Tokenizer), StringComparer.Ordinal);
        before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var pass in (string[])["first", "again", "again"])
        {
            var times = new List<double>();
            foreach (var call in calls)
            {
                Pass([call], constraints[call.Tools.GetRawText()], times, cancellationToken);
            }

            times.Sort();
            Print(output, new
            {
                what = "mask",
                pass,
                calls = calls.Count,
                tool_sets = constraints.Count,
                tokens = times.Count,
                p50_us = At(times, 0.5),
                p90_us = At(times, 0.9),
                p99_us = At(times, 0.99),
                max_us = At(times, 1),
                mean_us = Math.Round(times.Average(), 2),
                memory_mib = Math.Round((GC.GetTotalMemory(forceFullCollection: true) - before) / 1048576.0, 1),
                vocabulary_mib = Math.Round(vocabulary.Bytes / 1048576.0, 1),
            });
        }

        SampleRows(calls, constraints, model.Tokenizer, output, cancellationToken);
        return 0;
    }

    private static void Pass(IReadOnlyList<Call> calls, ChatConstraints constraints, List<double> times, CancellationToken cancellationToken)
    {
        foreach (var call in calls)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var constraint = constraints.Create(call.Definitions, begun: null, format: null)!;
            for (var count = 1; count < call.Tokens.Length; count++)
            {
                var start = Stopwatch.GetTimestamp();
                var mask = constraint.Next(call.Tokens.AsSpan(0, count), promptLength: 0);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                if (mask is not null && !mask.Allows(call.Tokens[count]))
                {
                    throw new InvalidOperationException($"Token {count} of {call.Text} is not allowed.");
                }
            }
        }
    }

    /// <summary>The whole choice of a token, with the constraint and without; the expected token is the likeliest.</summary>
    private static void SampleRows(List<Call> calls, Dictionary<string, ChatConstraints> constraints, ITokenizer tokenizer, TextWriter output, CancellationToken cancellationToken)
    {
        var random = new Random(1);
        var logits = new float[tokenizer.VocabularySize];
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] = (float)(random.NextDouble() * 8);
        }

        var scratch = new SamplerScratch(logits.Length);
        var sampled = new SamplingOptions { Temperature = 0.7f, TopP = 0.9f, Seed = 1 };
        foreach (var (name, options) in new[] { ("greedy", SamplingOptions.Greedy), ("top-p", sampled), ("top-k 40", sampled with { TopK = 40 }) })
        {
            foreach (var constrained in (bool[])[false, true])
            {
                var times = new List<double>();
                var allocated = 0L;
                foreach (var call in calls.Take(120))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var sampler = new Sampler(options, [], [], 0, constrained ? constraints[call.Tools.GetRawText()].Create(call.Definitions, null, null) : null);
                    for (var count = 1; count < call.Tokens.Length; count++)
                    {
                        var saved = logits[call.Tokens[count]];
                        logits[call.Tokens[count]] = 24;
                        var bytes = GC.GetAllocatedBytesForCurrentThread();
                        var start = Stopwatch.GetTimestamp();
                        sampler.Sample(logits, call.Tokens.AsSpan(0, count), 0, scratch);
                        times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                        allocated += GC.GetAllocatedBytesForCurrentThread() - bytes;
                        logits[call.Tokens[count]] = saved;
                    }
                }

                times.Sort();
                Print(output, new { what = "choice", sampling = name, constrained, tokens = times.Count, p50_us = At(times, 0.5), p99_us = At(times, 0.99), mean_us = Math.Round(times.Average(), 2), allocated_bytes = allocated });
            }
        }
    }

    private List<Call> Calls(ITokenizer tokenizer)
    {
        using var sets = JsonDocument.Parse(File.ReadAllBytes(ToolSetsPath));
        var open = tokenizer.AddedTokens.First(t => t.Text == ToolCallTags.Open).Id;
        var close = tokenizer.AddedTokens.First(t => t.Text == ToolCallTags.Close).Id;
        var calls = new List<Call>();
        foreach (var line in File.ReadLines(SuitePath).Where(l => l.Length > 0))
        {
            var asked = JsonElement.Parse(line);
            if (!asked.GetProperty("expect").TryGetProperty("calls", out var expected))
            {
                continue;
            }

            var tools = (asked.TryGetProperty("tools", out var own) ? own : sets.RootElement.GetProperty(asked.GetProperty("toolset").GetString()!)).Clone();
            foreach (var call in expected.EnumerateArray())
            {
                var text = $"\n{{\"name\": {PythonJson.Write(call.GetProperty("name"))}, \"arguments\": {PythonJson.Write(call.GetProperty("arguments"))}}}\n";
                var tokens = new List<int> { open };
                tokenizer.Encode(text, tokens);
                tokens.Add(close);
                calls.Add(new Call(tools, [.. tools.EnumerateArray().Select(t => (t.GetProperty("function").GetProperty("name").GetString()!, t))], text, [.. tokens]));
            }
        }

        return calls;
    }

    private static double At(List<double> sorted, double share) => Math.Round(sorted[(int)Math.Min(sorted.Count - 1, sorted.Count * share)], 2);

    private static void Print(TextWriter output, object row)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{JsonSerializer.Serialize(row)}"));
        output.Flush();
    }

    private sealed record Call(JsonElement Tools, IReadOnlyList<(string Name, JsonElement Definition)> Definitions, string Text, int[] Tokens);
}
