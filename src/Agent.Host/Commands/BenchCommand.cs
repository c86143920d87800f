using System.CommandLine;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Host.Benchmarks.Loads;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary><c>agent bench</c>: how fast the model in this process is, or a server's.</summary>
internal static class BenchCommand
{
    private const int MostSequences = 256;
    private const int MostTokens = 1 << 20;
    private const int MostAgents = 10_000;

    public static Command Create(CommandRunner runner) => new("bench", "Measure speed: the model in this process, an OpenAI-compatible server, or both under the same load.")
    {
        Decode(runner),
        Prefill(runner),
        Agents(runner),
        Mixed(runner),
    };

    private static Command Decode(CommandRunner runner)
    {
        var sequences = Numbers("--sequences", "How many at once, for example 1 8 32; one load each.", [1, 8]);
        var prompt = Number("--prompt-tokens", "Tokens of each prompt.", 512);
        var tokens = Number("--tokens", "Tokens of each answer.", 128);
        var sampling = Sampling();
        return Create(runner, "decode", "Sequences with prompts of their own, all at once.", [sequences, prompt, tokens, sampling], parsed =>
        {
            var load = new DecodeLoad
            {
                Sequences = InRange(sequences, parsed, MostSequences),
                PromptTokens = InRange(prompt, parsed, 1, MostTokens),
                OutputTokens = InRange(tokens, parsed, 2, MostTokens),
                Sampling = SamplingText.Parse(parsed.GetRequiredValue(sampling)),
            };
            return (load.Sampling, (source, _) => load.Cases(source));
        });
    }

    private static Command Prefill(CommandRunner runner)
    {
        var prompt = Numbers("--prompt-tokens", "Tokens of the prompt, for example 512 4096; one load each.", [512, 4096]);
        return Create(runner, "prefill", "One prompt alone, answered with one token.", [prompt], parsed =>
        {
            var load = new PrefillLoad { PromptTokens = InRange(prompt, parsed, MostTokens) };
            return (SamplingOptions.Greedy, (source, _) => load.Cases(source));
        });
    }

    private static Command Agents(CommandRunner runner)
    {
        var agents = Number("--agents", "How many.", 32);
        var shared = Number("--shared", "Tokens of system message and tools, which all share.", 1450);
        var own = Number("--own", "Tokens of each agent's question, with the template's around it.", 60);
        var rounds = Number("--rounds", "Rounds of tool calls before the last answer.", 0);
        var result = Number("--result", "Tokens of a tool's result.", 100);
        var tokens = Number("--tokens", "Tokens of each answer.", 128);
        var arrival = new Option<double?>("--arrival") { Description = "Agents that arrive in a second, on average. Default: all at once.", HelpName = "RATE" };
        var withoutTools = new Option<bool>("--without-tools") { Description = "Offer no tools; the system message takes their tokens." };
        var cold = new Option<bool>("--cold") { Description = "Share another beginning in each run, so that none finds it in the cache." };
        var sampling = Sampling();
        return Create(runner, "agents", "Agents with one system message and one set of tools.", [agents, shared, own, rounds, result, tokens, arrival, withoutTools, cold, sampling], parsed =>
        {
            var load = new AgentsLoad
            {
                Agents = InRange(agents, parsed, 1, MostAgents),
                SharedTokens = InRange(shared, parsed, 1, MostTokens),
                OwnTokens = InRange(own, parsed, 1, MostTokens),
                Rounds = InRange(rounds, parsed, 0, 100),
                ResultTokens = InRange(result, parsed, 1, MostTokens),
                OutputTokens = InRange(tokens, parsed, 2, MostTokens),
                ArrivalRate = parsed.GetValue(arrival) is var rate && rate is null or (> 0 and <= 1_000_000) ? rate : throw new UsageException($"--arrival is {rate}; it must be above 0, in agents a second."),
                HasTools = !parsed.GetValue(withoutTools),
                IsCold = parsed.GetValue(cold),
                Sampling = SamplingText.Parse(parsed.GetRequiredValue(sampling)),
            };
            if (load is { HasTools: false, Rounds: > 0 })
            {
                throw new UsageException("--rounds are rounds of tool calls, and --without-tools leaves no tool to call. Remove one of them.");
            }

            return (load.Sampling, load.Cases);
        });
    }

    private static Command Mixed(CommandRunner runner)
    {
        var decoders = Number("--decoders", "Sequences that decode.", 8);
        var prompt = Number("--prompt-tokens", "Tokens of each decoder's prompt.", 512);
        var tokens = Number("--tokens", "Tokens of each decoder's answer; the prompt comes after a quarter of them.", 256);
        var newcomer = Number("--newcomer", "Tokens of the prompt that comes.", 8000);
        var sampling = Sampling();
        return Create(runner, "mixed", "Sequences decode while a long prompt comes: how long they pause.", [decoders, prompt, tokens, newcomer, sampling], parsed =>
        {
            var load = new MixedLoad
            {
                Decoders = InRange(decoders, parsed, 1, MostSequences - 1),
                PromptTokens = InRange(prompt, parsed, 1, MostTokens),
                OutputTokens = InRange(tokens, parsed, 4, MostTokens),
                NewcomerTokens = InRange(newcomer, parsed, 1, MostTokens),
                Sampling = SamplingText.Parse(parsed.GetRequiredValue(sampling)),
            };
            return (load.Sampling, (source, _) => load.Cases(source));
        });
    }

    private static Command Create(
        CommandRunner runner,
        string name,
        string description,
        Option[] own,
        Func<ParseResult, (SamplingOptions Sampling, Func<PromptSource, ITokenizer, IReadOnlyList<LoadCase>> Cases)> read)
    {
        var options = new BenchOptions();
        var command = new Command(name, description);
        foreach (var option in own)
        {
            command.Add(option);
        }

        options.AddTo(command);
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) =>
        {
            var (sampling, cases) = read(parsed);
            return new BenchRun(context, name, options.Read(parsed, context.Environment), sampling, cases).ExecuteAsync(cancellationToken);
        }));
        return command;
    }

    private static Option<int> Number(string name, string description, int value) => new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };

    private static Option<int[]> Numbers(string name, string description, int[] values) =>
        new(name) { Description = description, HelpName = "N", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => values };

    private static Option<string> Sampling() => new("--sampling")
    {
        Description = "How tokens are chosen: greedy, or for example \"top-k 40, top-p 0.9, temperature 0.7\".",
        HelpName = "TEXT",
        DefaultValueFactory = _ => SamplingText.Greedy,
    };

    private static int InRange(Option<int> option, ParseResult parsed, int least, int most) => BenchOptions.InRange(option.Name, parsed.GetValue(option), least, most);

    private static int[] InRange(Option<int[]> option, ParseResult parsed, int most) => [.. parsed.GetRequiredValue(option).Select(value => BenchOptions.InRange(option.Name, value, 1, most)).Distinct()];
}
