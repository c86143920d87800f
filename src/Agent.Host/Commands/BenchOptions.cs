using System.CommandLine;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>The options that every <c>agent bench</c> takes.</summary>
internal sealed class BenchOptions
{
    private const int MostRuns = 1000;
    private readonly Option<int> _runs = new("--runs") { Description = "Runs that count, after one that does not; that of median duration is shown.", HelpName = "N", DefaultValueFactory = _ => 3 };
    private readonly Option<int?> _seed = new("--seed") { Description = "Repeats the prompts and arrivals of a run. Default: new ones each time, which no server has in its cache.", HelpName = "N" };
    private readonly Option<string> _against = new("--against") { Description = $"Measure an OpenAI-compatible server with the same load; with --model both, one after the other. Its key comes from {ModelServer.KeyVariable}.", HelpName = "URL" };
    private readonly Option<string> _againstModel = new("--against-model") { Description = "The model's name on the server. Default: the first that it lists.", HelpName = "NAME" };
    private readonly Option<string> _vocabulary = new("--vocab") { Description = "The GGUF file whose vocabulary a server's model has; of it only that is read.", HelpName = "PATH" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_runs, _seed, _against, _againstModel, _vocabulary])
        {
            command.Add(option);
        }
    }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">A value cannot be used.</exception>
    public BenchRequest Read(ParseResult parsed, HostEnvironment environment)
    {
        var (address, name, vocabulary) = (parsed.GetValue(_against), parsed.GetValue(_againstModel), parsed.GetValue(_vocabulary));
        var hasModel = CommonOptions.Settings(parsed).Any(setting => setting.Option == "--model");
        Require(address is not null || name is null, "--against-model names a model of a server. Name the server with --against URL, or an own model with --model FILE.");
        Require(address is not null || vocabulary is null, "--vocab names the vocabulary of a server's model. Name the server with --against URL, or an own model with --model FILE.");
        Require(!hasModel || vocabulary is null, "--vocab and --model are both given. With --model, the prompts are drawn from its vocabulary: remove --vocab, or --model to measure the server alone.");
        return new BenchRequest
        {
            Runs = InRange(_runs.Name, parsed.GetValue(_runs), 1, MostRuns),
            Seed = parsed.GetValue(_seed) ?? (int)(environment.Time.GetUtcNow().ToUnixTimeMilliseconds() & 0xFFFFFF),
            Server = address is null ? null : ModelServer.At(address, name ?? string.Empty, environment),
            MeasuresProcess = address is null || hasModel,
            Vocabulary = vocabulary,
        };
    }

    /// <summary>Checks a number.</summary>
    /// <exception cref="UsageException">It is outside the range.</exception>
    public static int InRange(string option, int value, int least, int most) =>
        value >= least && value <= most ? value : throw new UsageException($"{option} is {value}; it must be {least:N0} to {most:N0}.");

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new UsageException(message);
        }
    }
}
