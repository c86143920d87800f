using Agent.Core.Inference.Sampling;

namespace Agent.Host.Benchmarks.Loads;

/// <summary>One request of a load: what is asked, and how many tokens come back whatever the model would say.</summary>
internal abstract record LoadRequest
{
    /// <summary>Tokens to generate; ends of turns are ignored.</summary>
    public required int OutputTokens { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public required SamplingOptions Sampling { get; init; }
}
