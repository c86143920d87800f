using System.Globalization;
using Agent.Core.Gguf;

namespace Agent.Core.Inference;

/// <summary>The context that a model, its options and the free memory lead to, worked out before anything is allocated.</summary>
public sealed record ContextPlan
{
    private const int LeastContextForYarn = 32768;
    private const int YarnFactorAboveTraining = 4;
    private const int MostSequencesOnCpu = 8;
    private const int MostSequencesOnGpu = 32;

    /// <summary>Tokens one conversation may hold.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Conversations that are computed side by side.</summary>
    public required int MaxSequences { get; init; }

    /// <summary>YaRN factor; 1 leaves positions as the model was trained.</summary>
    public required float YarnFactor { get; init; }

    /// <summary>Bytes that one token takes in the KV cache.</summary>
    public required long KvBytesPerToken { get; init; }

    /// <summary>How many full contexts the memory given to the KV cache would hold at once.</summary>
    public required int FullContextsThatFit { get; init; }

    /// <summary>What differs from what was asked for, one sentence each; empty if nothing does.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Bytes of the whole KV cache.</summary>
    public long KvBytes => KvBytesPerToken * ContextTokens * MaxSequences;

    /// <summary>Works out the plan.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="onGpu">Whether the KV cache lies on a GPU.</param>
    /// <param name="memoryForKv">Bytes the KV cache may take.</param>
    /// <exception cref="EngineException">It does not fit; the message says what was asked for, what there is, and what to change.</exception>
    public static ContextPlan Create(ModelDescription model, EngineOptions options, bool onGpu, long memoryForKv)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        var notes = new List<string>();
        var (tokens, factor) = FitToTraining(model, options, notes);
        var type = (GgmlType)options.KvCacheType;
        var perToken = model.KvBytesPerToken(type, type);
        var perContext = perToken * tokens;
        var fit = (int)Math.Min(int.MaxValue, memoryForKv / Math.Max(1, perContext));
        if (fit == 0 || options.MaxSequences > fit)
        {
            var wanted = options.MaxSequences ?? 1;
            throw new EngineException(
                $"The KV cache for {wanted} x {tokens:N0} tokens needs {InMiB(perContext * wanted)}, and {InMiB(memoryForKv)} are free for it. " +
                "Lower Agent:Engine:MaxSequences, choose a smaller Agent:Engine:Profile, raise Agent:Engine:KvMemoryShare, or set Agent:Engine:KvCacheType to Q8_0.");
        }

        return new ContextPlan
        {
            ContextTokens = tokens,
            MaxSequences = options.MaxSequences ?? Math.Min(fit, onGpu ? MostSequencesOnGpu : MostSequencesOnCpu),
            YarnFactor = factor,
            KvBytesPerToken = perToken,
            FullContextsThatFit = fit,
            Notes = notes,
        };
    }

    /// <summary>The plan in one line for the log.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"KV cache {InMiB(KvBytes)}: {MaxSequences} x {ContextTokens:N0} tokens of {KvBytesPerToken:N0} bytes; {FullContextsThatFit:N0} full contexts would fit at once{(YarnFactor > 1 ? $"; YaRN factor {YarnFactor}" : string.Empty)}");

    /// <summary>Tokens of a profile.</summary>
    public static int TokensOf(ContextProfile profile) => profile switch
    {
        ContextProfile.Chat => 8192,
        ContextProfile.Documents => 32768,
        ContextProfile.Logs => 65536,
        ContextProfile.Books => 131072,
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "Agent:Engine:Profile must be Chat, Documents, Logs or Books."),
    };

    private static (int Tokens, float Factor) FitToTraining(ModelDescription model, EngineOptions options, List<string> notes)
    {
        var wanted = options.ContextTokens ?? TokensOf(options.Profile);
        var trained = model.ContextLength ?? wanted;

        // llama.cpp rounds the cells of a sequence up to this; what is announced must be what is there.
        const int Cell = 256;
        wanted = (wanted + Cell - 1) / Cell * Cell;
        if (wanted <= trained)
        {
            return (wanted, 1);
        }

        if (trained >= LeastContextForYarn && wanted <= trained * YarnFactorAboveTraining)
        {
            notes.Add($"{wanted:N0} tokens are more than the {trained:N0} this model was trained for: YaRN factor {YarnFactorAboveTraining} is on, and answers to short prompts may lose a little quality.");
            return (wanted, YarnFactorAboveTraining);
        }

        notes.Add($"{wanted:N0} tokens were asked for; this model was trained for {trained:N0}, so that is its context.");
        return (trained / Cell * Cell, 1);
    }

    private static string InMiB(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N0} MiB");
}
