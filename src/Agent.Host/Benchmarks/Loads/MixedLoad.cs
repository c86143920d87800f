using System.Globalization;
using Agent.Core.Inference.Sampling;

namespace Agent.Host.Benchmarks.Loads;

/// <summary>Sequences decode, and a long prompt comes: how long those that run have to wait for it.</summary>
internal sealed record MixedLoad
{
    /// <summary>Sequences that decode.</summary>
    public required int Decoders { get; init; }

    /// <summary>Tokens of each decoder's prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens of each decoder's answer.</summary>
    public required int OutputTokens { get; init; }

    /// <summary>Tokens of the long prompt.</summary>
    public required int NewcomerTokens { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>The case.</summary>
    public IReadOnlyList<LoadCase> Cases(PromptSource source) =>
    [
        new LoadCase
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{Decoders} decode, {NewcomerTokens} tokens come"),
            Parameters = new Dictionary<string, double> { ["decoders"] = Decoders, ["prompt"] = PromptTokens, ["output"] = OutputTokens, ["newcomer"] = NewcomerTokens },
            Sequences = Decoders + 1,
            Clients = Decoders + 1,
            ContextTokens = Math.Max(PromptTokens + OutputTokens, NewcomerTokens + 1),

            // A quarter of the answers shows how decoding is without the newcomer; the rest leaves it time.
            TokensBeforeNewcomer = Math.Max(1, OutputTokens / 4),
            Plan = run => Plan(run, source),
        },
    ];

    private IReadOnlyList<LoadClient> Plan(int run, PromptSource source)
    {
        var random = source.Random(Decoders, run);
        var prompts = source.Prompts([.. Enumerable.Repeat(PromptTokens, Decoders), NewcomerTokens], random);
        return
        [
            .. prompts.Take(Decoders).Select(prompt => new LoadClient
            {
                Role = LoadRole.Decoder,
                Requests = [new TokenLoadRequest { Prompt = prompt, OutputTokens = OutputTokens, Sampling = Sampling }],
            }),
            new LoadClient
            {
                Role = LoadRole.Newcomer,
                Requests = [new TokenLoadRequest { Prompt = prompts[Decoders], OutputTokens = 1, Sampling = Sampling }],
            },
        ];
    }
}
