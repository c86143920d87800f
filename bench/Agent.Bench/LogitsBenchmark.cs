using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Agent.Core.Inference;
using Agent.Core.Native;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Bench;

/// <summary>
/// Whether two ways of computing agree, such as a CPU and a GPU: the logits of one text, written by one run and compared by another. The text is
/// a prompt, computed at once, and tokens behind it, computed one by one.
/// </summary>
internal sealed class LogitsBenchmark
{
    private const int RowsOfPrompt = 16;

    // A lead that rounding does not overturn.
    private const double ClearLead = 0.5;

    public required string ModelPath { get; init; }

    public required string TextPath { get; init; }

    public required int PromptTokens { get; init; }

    public required int Steps { get; init; }

    /// <summary>Where the logits are written to; null for nowhere.</summary>
    public required string? WritePath { get; init; }

    /// <summary>Logits of another run, to compare with; null for none.</summary>
    public required string? AgainstPath { get; init; }

    /// <summary>Most divergence from the other run that is agreement: the mean over all rows of Kullback and Leibler's, in nats.</summary>
    public required double Tolerance { get; init; }

    public required string? LibraryPath { get; init; }

    /// <summary>Prints one JSON object; 1 where the runs do not agree.</summary>
    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var runtime = LlamaRuntime.Load(new LlamaRuntimeOptions { LibraryPath = LibraryPath }, NullLogger.Instance);
        using var model = await LlamaModel.LoadAsync(runtime, new LlamaModelOptions { Path = ModelPath }, progress: null, NullLogger.Instance, cancellationToken).ConfigureAwait(false);
        var tokens = new List<int>();
        model.Tokenizer.Encode(await File.ReadAllTextAsync(TextPath, cancellationToken).ConfigureAwait(false), tokens);
        if (PromptTokens < RowsOfPrompt || Steps < 0)
        {
            throw new InvalidOperationException($"--prompt-tokens must be {RowsOfPrompt} or more, and --steps 0 or more.");
        }

        if (tokens.Count < PromptTokens + Steps)
        {
            throw new InvalidOperationException($"{TextPath} has {tokens.Count:N0} tokens; --prompt-tokens and --steps want {PromptTokens + Steps:N0}.");
        }

        var name = NameOf(tokens, model.Tokenizer.VocabularySize);
        var rows = Compute(model, tokens);
        if (WritePath is not null)
        {
            await File.WriteAllBytesAsync(WritePath, [.. name, .. MemoryMarshal.AsBytes(rows.AsSpan())], cancellationToken).ConfigureAwait(false);
        }

        if (AgainstPath is null)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new { on_gpu = model.OnGpu, rows = rows.Length / model.Tokenizer.VocabularySize })).ConfigureAwait(false);
            return 0;
        }

        var file = await File.ReadAllBytesAsync(AgainstPath, cancellationToken).ConfigureAwait(false);
        if (!file.AsSpan().StartsWith(name) || file.Length != name.Length + (rows.Length * sizeof(float)))
        {
            throw new InvalidOperationException($"{AgainstPath} is not of the same text. Write it with the same vocabulary, --text, --prompt-tokens and --steps.");
        }

        var other = MemoryMarshal.Cast<byte, float>(file.AsSpan(name.Length)).ToArray();

        var found = Compare(other, rows, model.Tokenizer.VocabularySize);
        var agrees = found.MeanDivergence <= Tolerance && found.Overturned == 0;
        await output.WriteLineAsync(JsonSerializer.Serialize(new
        {
            on_gpu = model.OnGpu,
            rows = rows.Length / model.Tokenizer.VocabularySize,
            mean_divergence = found.MeanDivergence,
            most_divergence = found.MostDivergence,
            most_difference = found.MostDifference,
            same_first = found.SameFirst,
            clear_leads_overturned = found.Overturned,
            tolerance = Tolerance,
            agrees,
        })).ConfigureAwait(false);
        return agrees ? 0 : 1;
    }

    /// <summary>What two files must have in common for their logits to be of the same places.</summary>
    private byte[] NameOf(List<int> tokens, int vocabularySize) =>
        SHA256.HashData(MemoryMarshal.AsBytes<int>([vocabularySize, PromptTokens, Steps, .. tokens.Take(PromptTokens + Steps)]));

    private float[] Compute(LlamaModel model, List<int> tokens)
    {
        var threads = Environment.ProcessorCount;
        using var context = NativeContext.Create(model.Native, new NativeContextOptions
        {
            ContextPerSequence = (PromptTokens + Steps + 255) / 256 * 256,
            MaxSequences = 1,
            MaxOutputs = RowsOfPrompt,
            BatchSize = PromptTokens,
            MicroBatchSize = Math.Min(512, PromptTokens),
            Threads = threads,
            BatchThreads = threads,
            KvType = KvCacheType.F16,
            FlashAttention = true,
            OnGpu = model.OnGpu,
        });
        var rows = new List<float>();
        var batch = new DecodeBatch(PromptTokens);
        for (var i = 0; i < PromptTokens; i++)
        {
            batch.Add(tokens[i], i, sequence: 0, output: i >= PromptTokens - RowsOfPrompt);
        }

        Take(context, batch, rows);
        for (var i = PromptTokens; i < PromptTokens + Steps; i++)
        {
            batch.Clear();
            batch.Add(tokens[i], i, sequence: 0, output: true);
            Take(context, batch, rows);
        }

        return [.. rows];
    }

    private static void Take(NativeContext context, DecodeBatch batch, List<float> rows)
    {
        if (context.Decode(batch) != DecodeStatus.Ok)
        {
            throw new InvalidOperationException("llama.cpp cannot compute a step.");
        }

        context.Synchronize();
        for (var i = 0; i < batch.OutputCount; i++)
        {
            rows.AddRange(context.GetLogits(i));
        }
    }

    private static (double MeanDivergence, double MostDivergence, double MostDifference, double SameFirst, int Overturned) Compare(float[] expected, float[] actual, int size)
    {
        var (sum, most, difference, same, overturned) = (0.0, 0.0, 0.0, 0, 0);
        var rows = expected.Length / size;
        for (var row = 0; row < rows; row++)
        {
            var p = expected.AsSpan(row * size, size);
            var q = actual.AsSpan(row * size, size);
            var (pFirst, lead) = First(p);
            var isSame = First(q).Index == pFirst;
            same += isSame ? 1 : 0;
            overturned += !isSame && lead > ClearLead ? 1 : 0;
            var divergence = Divergence(p, q, ref difference);
            sum += divergence;
            most = Math.Max(most, divergence);
        }

        return (sum / rows, most, difference, (double)same / rows, overturned);
    }

    private static double Divergence(ReadOnlySpan<float> p, ReadOnlySpan<float> q, ref double difference)
    {
        var (pAll, qAll) = (LogSum(p), LogSum(q));
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            var (logP, logQ) = (p[i] - pAll, q[i] - qAll);
            sum += Math.Exp(logP) * (logP - logQ);
            difference = Math.Max(difference, Math.Abs(p[i] - q[i]));
        }

        return sum;
    }

    private static double LogSum(ReadOnlySpan<float> row)
    {
        var most = double.NegativeInfinity;
        foreach (var value in row)
        {
            most = Math.Max(most, value);
        }

        var sum = 0.0;
        foreach (var value in row)
        {
            sum += Math.Exp(value - most);
        }

        return most + Math.Log(sum);
    }

    private static (int Index, double Lead) First(ReadOnlySpan<float> row)
    {
        var (first, second) = (0, double.NegativeInfinity);
        for (var i = 1; i < row.Length; i++)
        {
            if (row[i] > row[first])
            {
                (first, second) = (i, row[first]);
            }
            else
            {
                second = Math.Max(second, row[i]);
            }
        }

        return (first, row[first] - second);
    }
}
