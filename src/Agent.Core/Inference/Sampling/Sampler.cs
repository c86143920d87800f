using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using Agent.Core.Inference.Sampling.Constraints;

namespace Agent.Core.Inference.Sampling;

/// <summary>Chooses the tokens of one request.</summary>
/// <remarks>Used by one thread at a time. After the first steps it allocates nothing.</remarks>
internal sealed class Sampler
{
    private readonly ILogitProcessor[] _processors;
    private readonly ICandidateFilter[] _filters;
    private readonly ITokenConstraint? _constraint;
    private readonly bool _greedy;
    private readonly int _topK;
    private SplitMix64 _random;

    /// <summary>Creates the sampler of a request.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="processors">Further processors of the request, run after the penalties.</param>
    /// <param name="filters">Further filters of the request, run before the temperature.</param>
    /// <param name="freshSeed">The seed to use when the options fix none.</param>
    /// <param name="constraint">What the text of the request must look like; null for anything.</param>
    public Sampler(SamplingOptions options, IReadOnlyList<ILogitProcessor> processors, IReadOnlyList<ICandidateFilter> filters, long freshSeed, ITokenConstraint? constraint = null)
    {
        _constraint = constraint;
        _greedy = options.Temperature == 0;
        _topK = options.TopK;
        _processors = [.. PenaltiesOf(options), .. processors];
        _filters = [.. FiltersOf(options, filters)];
        _random = new SplitMix64((ulong)(options.Seed ?? freshSeed));
    }

    /// <summary>Whether all logits of a row are needed to choose its token.</summary>
    /// <param name="bestCount">How many of the best there would be otherwise.</param>
    /// <param name="tokens">Prompt and generated tokens before the one to choose.</param>
    /// <param name="promptLength">How many of them are the prompt.</param>
    public bool NeedsWholeRow(int bestCount, ReadOnlySpan<int> tokens, int promptLength) =>
        bestCount == 0
        || _processors.Length > 0
        || (!_greedy && (_topK == 0 || _topK > bestCount))
        || _constraint?.IsFree(tokens, promptLength) == false;

    /// <summary>Chooses a token.</summary>
    /// <param name="row">The logits of this step; not changed.</param>
    /// <param name="tokens">Prompt and generated tokens so far.</param>
    /// <param name="promptLength">How many of them are the prompt.</param>
    /// <param name="scratch">Buffers of the calling thread.</param>
    /// <exception cref="ConstraintException">The constraint and the rest of the request leave no token.</exception>
    /// <exception cref="InvalidOperationException">The logits are no basis for a choice: not a number, positive infinity, or all forbidden.</exception>
    public int Sample(LogitRow row, ReadOnlySpan<int> tokens, int promptLength, SamplerScratch scratch)
    {
        var mask = _constraint?.Next(tokens, promptLength);
        var candidates = scratch.Candidates;
        if (!row.IsWhole && mask is null)
        {
            candidates.FillTop(row.Best, _greedy ? 1 : _topK);
            return candidates.Count == 0 ? throw NoChoice(allForbidden: false) : _greedy ? candidates.Tokens[0] : Draw(candidates);
        }

        var logits = row.All;
        if (_processors.Length > 0)
        {
            var changed = scratch.Logits.AsSpan(0, logits.Length);
            logits.CopyTo(changed);
            foreach (var processor in _processors)
            {
                processor.Process(changed, tokens, promptLength);
            }

            logits = changed;
        }

        if (_greedy)
        {
            return mask is null ? Best(logits) : Best(logits, mask, scratch);
        }

        Gather(candidates, logits, mask, scratch);
        return Draw(candidates);
    }

    /// <summary>What nearly always comes next by the form that the text must have.</summary>
    /// <param name="tokens">Prompt and generated tokens so far.</param>
    /// <param name="promptLength">How many of them are the prompt.</param>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is asked on the engine's thread, where an exception would end all requests. What is wrong comes up again when this one is sampled.")]
    public ReadOnlySpan<int> Foresee(ReadOnlySpan<int> tokens, int promptLength)
    {
        try
        {
            return _constraint is null ? [] : _constraint.Foresee(tokens, promptLength);
        }
        catch (Exception)
        {
            return [];
        }
    }

    private static int Best(ReadOnlySpan<float> logits)
    {
        var best = TensorPrimitives.IndexOfMax(logits);
        return logits[best] > float.NegativeInfinity ? best : throw NoChoice(float.IsNegativeInfinity(logits[best]));
    }

    /// <summary>The likeliest allowed token. The likeliest of all is nearly always allowed where many are, and then nothing is masked.</summary>
    private static int Best(ReadOnlySpan<float> logits, TokenMask mask, SamplerScratch scratch)
    {
        var best = mask.IsSparse ? mask.BestOfSparse(logits) : TensorPrimitives.IndexOfMax(logits);
        if (!mask.IsSparse && !mask.Allows(best))
        {
            best = TensorPrimitives.IndexOfMax(Masked(logits, mask, scratch));
        }

        return best >= 0 && mask.Allows(best) && logits[best] > float.NegativeInfinity ? best : throw ConstraintException.NoToken();
    }

    private void Gather(CandidateList candidates, ReadOnlySpan<float> logits, TokenMask? mask, SamplerScratch scratch)
    {
        if (mask is { IsSparse: true })
        {
            candidates.Fill(logits, mask.Tokens);
            if (_topK > 0)
            {
                candidates.SortTop(_topK);
                candidates.Keep(_topK);
            }
        }
        else if (_topK > 0 && _topK < logits.Length)
        {
            candidates.FillTop(logits, _topK, mask);
        }
        else
        {
            candidates.Fill(mask is null ? logits : Masked(logits, mask, scratch));
        }

        if (candidates.Count == 0)
        {
            throw mask is not null ? ConstraintException.NoToken() : NoChoice(allForbidden: true);
        }
    }

    private static Span<float> Masked(ReadOnlySpan<float> logits, TokenMask mask, SamplerScratch scratch)
    {
        // The logits may stand there already, changed by the processors.
        var masked = scratch.Logits.AsSpan(0, logits.Length);
        if (!logits.Overlaps(masked))
        {
            logits.CopyTo(masked);
        }

        mask.Apply(masked);
        return masked;
    }

    private int Draw(CandidateList candidates)
    {
        foreach (var filter in _filters)
        {
            filter.Apply(candidates);
        }

        var target = _random.NextDouble();
        var sum = 0.0;
        var probabilities = candidates.Softmax();
        for (var i = 0; i < probabilities.Length; i++)
        {
            sum += probabilities[i];
            if (target < sum)
            {
                return candidates.Tokens[i];
            }
        }

        // Rounding can leave the sum a hair under 1. Where there is no sum, the last candidate would be one that nobody chose.
        return sum > 0 ? candidates.Tokens[^1] : throw NoChoice(allForbidden: false);
    }

    // What forbids all, or is no number, comes from a bias or processor of the request, or from a model whose file is damaged.
    private static InvalidOperationException NoChoice(bool allForbidden) => new(allForbidden
        ? "The logit bias and the processors of this request forbid every token. Allow one."
        : "A logit of this step is not a number, or positive infinity, so no token can be chosen. Check the processors of this request, and the model's file.");

    private static IEnumerable<ILogitProcessor> PenaltiesOf(SamplingOptions options)
    {
        if (options.LogitBias is { Count: > 0 } bias)
        {
            yield return new LogitBias(bias);
        }

        if (options.RepetitionPenalty != 1)
        {
            yield return new RepetitionPenalty(options.RepetitionPenalty, options.RepetitionWindow);
        }

        if (options.FrequencyPenalty != 0 || options.PresencePenalty != 0)
        {
            yield return new OccurrencePenalty(options.FrequencyPenalty, options.PresencePenalty);
        }
    }

    // The order of llama.cpp's default chain; top-k comes first and is applied while the candidates are gathered.
    private static IEnumerable<ICandidateFilter> FiltersOf(SamplingOptions options, IReadOnlyList<ICandidateFilter> added)
    {
        if (options.TopP < 1)
        {
            yield return new TopPFilter(options.TopP);
        }

        if (options.MinP > 0)
        {
            yield return new MinPFilter(options.MinP);
        }

        foreach (var filter in added)
        {
            yield return filter;
        }

        if (options.Temperature is not (0 or 1))
        {
            yield return new TemperatureFilter(options.Temperature);
        }
    }
}
