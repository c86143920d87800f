using System.Numerics.Tensors;

namespace Agent.Core.Inference.Sampling;

/// <summary>Chooses the tokens of one request.</summary>
/// <remarks>Used by one thread at a time. After the first steps it allocates nothing.</remarks>
internal sealed class Sampler
{
    private readonly ILogitProcessor[] _processors;
    private readonly ICandidateFilter[] _filters;
    private readonly bool _greedy;
    private readonly int _topK;
    private SplitMix64 _random;

    /// <summary>Creates the sampler of a request.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="processors">Further processors of the request, run after the penalties.</param>
    /// <param name="filters">Further filters of the request, run before the temperature.</param>
    /// <param name="freshSeed">The seed to use when the options fix none.</param>
    public Sampler(SamplingOptions options, IReadOnlyList<ILogitProcessor> processors, IReadOnlyList<ICandidateFilter> filters, long freshSeed)
    {
        _greedy = options.Temperature == 0;
        _topK = options.TopK;
        _processors = [.. PenaltiesOf(options), .. processors];
        _filters = [.. FiltersOf(options, filters)];
        _random = new SplitMix64((ulong)(options.Seed ?? freshSeed));
    }

    /// <summary>Chooses a token.</summary>
    /// <param name="logits">The row of this step; not changed.</param>
    /// <param name="tokens">Prompt and generated tokens so far.</param>
    /// <param name="promptLength">How many of them are the prompt.</param>
    /// <param name="scratch">Buffers of the calling thread.</param>
    public int Sample(ReadOnlySpan<float> logits, ReadOnlySpan<int> tokens, int promptLength, SamplerScratch scratch)
    {
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
            return TensorPrimitives.IndexOfMax(logits);
        }

        var candidates = scratch.Candidates;
        if (_topK > 0 && _topK < logits.Length)
        {
            candidates.FillTop(logits, _topK);
        }
        else
        {
            candidates.Fill(logits);
        }

        foreach (var filter in _filters)
        {
            filter.Apply(candidates);
        }

        return Draw(candidates);
    }

    private int Draw(CandidateList candidates)
    {
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

        // Rounding can leave the sum a hair under 1.
        return candidates.Tokens[^1];
    }

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
