using System.Globalization;
using Agent.Core.Inference.Sampling;

namespace Agent.Host.Benchmarks.Loads;

/// <summary>One prompt alone, answered with one token: what computing prompts yields.</summary>
internal sealed record PrefillLoad
{
    /// <summary>The lengths of the prompt, one case each.</summary>
    public required IReadOnlyList<int> PromptTokens { get; init; }

    /// <summary>The cases.</summary>
    public IReadOnlyList<LoadCase> Cases(PromptSource source) => [.. PromptTokens.Select(length => new LoadCase
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"{length} tokens"),
        Parameters = new Dictionary<string, double> { ["prompt"] = length },
        Sequences = 1,
        Clients = 1,
        ContextTokens = length + 1,
        Plan = run => [new LoadClient
        {
            Requests = [new TokenLoadRequest { Prompt = source.Prompts(1, length, source.Random(length, run))[0], OutputTokens = 1, Sampling = SamplingOptions.Greedy }],
        }],
    })];
}
