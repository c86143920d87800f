using System.Globalization;
using Agent.Core.Inference.Sampling;

namespace Agent.Host.Benchmarks.Loads;

/// <summary>Sequences with prompts of their own, all at once: what batched decoding yields.</summary>
internal sealed record DecodeLoad
{
    /// <summary>The numbers of sequences, one case each.</summary>
    public required IReadOnlyList<int> Sequences { get; init; }

    /// <summary>Tokens of each prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens of each answer.</summary>
    public required int OutputTokens { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>The cases.</summary>
    public IReadOnlyList<LoadCase> Cases(PromptSource source) => [.. Sequences.Select(sequences => new LoadCase
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"{sequences} x {PromptTokens} + {OutputTokens}"),
        Parameters = new Dictionary<string, double> { ["sequences"] = sequences, ["prompt"] = PromptTokens, ["output"] = OutputTokens },
        Sequences = sequences,
        Clients = sequences,
        ContextTokens = PromptTokens + OutputTokens,
        Plan = run => [.. source.Prompts(sequences, PromptTokens, source.Random(sequences, run)).Select(prompt => new LoadClient
        {
            Requests = [new TokenLoadRequest { Prompt = prompt, OutputTokens = OutputTokens, Sampling = Sampling }],
        })],
    })];
}
