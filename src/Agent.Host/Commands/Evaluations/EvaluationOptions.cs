using System.CommandLine;
using System.Globalization;
using Agent.Host.Evaluation.Cases;
using Agent.Host.Remote;
using Agent.Host.Terminal;

namespace Agent.Host.Commands.Evaluations;

/// <summary>The options that every measurement of a model on a suite of cases takes.</summary>
internal sealed class EvaluationOptions
{
    private const string None = "none";
    private const string Product = "product";

    private readonly Argument<string> _suite = new("suite") { Description = "The cases, a JSONL file; see docs/evaluation.md.", HelpName = "SUITE.jsonl" };
    private readonly Option<string[]> _categories = new("--category") { Description = "Only cases of this category; may be repeated.", HelpName = "NAME" };
    private readonly Option<string[]> _languages = new("--language") { Description = "Only cases in this language; may be repeated.", HelpName = "NAME" };
    private readonly Option<int?> _limit = new("--limit") { Description = "Only the first N of these cases.", HelpName = "N" };
    private readonly Option<int?> _concurrency = new("--concurrency") { Description = "Cases at once. Default: as many as the engine has sequences, or 8 on a server.", HelpName = "N" };
    private readonly Option<string> _system = new("--system") { Description = "System message of cases that have none: the product's prompt, or none.", HelpName = "none|product", DefaultValueFactory = _ => Product };
    private readonly Option<string> _date = new("--date") { Description = "The date in the product's prompt. Default: today.", HelpName = "YYYY-MM-DD" };
    private readonly Option<string> _against = new("--against") { Description = $"Measure a model of an OpenAI-compatible server instead; its key comes from {ModelServer.KeyVariable}.", HelpName = "URL" };
    private readonly Option<string> _againstModel = new("--against-model") { Description = "The model's name on the server.", HelpName = "NAME" };
    private readonly Option<int> _showWrong = new("--show-wrong") { Description = "List the first N wrong cases, expected against got.", HelpName = "N" };
    private readonly Option<string> _report = new("--report") { Description = "Write a JSON report with every case.", HelpName = "FILE" };

    /// <summary>Adds them to a command, in the order in which its help lists them.</summary>
    /// <param name="command">The command.</param>
    /// <param name="ofSuite">Its own options about the suite.</param>
    /// <param name="ofModel">Its own options about the model.</param>
    /// <param name="ofResult">Its own options about the result.</param>
    public void AddTo(Command command, IEnumerable<Option> ofSuite, IEnumerable<Option> ofModel, IEnumerable<Option> ofResult)
    {
        command.Add(_suite);
        foreach (var option in (Option[])[.. ofSuite, _categories, _languages, _limit, _concurrency, _system, _date, .. ofModel, _against, _againstModel, _showWrong, _report, .. ofResult])
        {
            command.Add(option);
        }
    }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">A value cannot be used.</exception>
    public EvaluationRequest Read(ParseResult parsed, HostEnvironment environment) => new()
    {
        Suite = Path.GetFullPath(parsed.GetRequiredValue(_suite), environment.CurrentDirectory),
        Selection = new CaseSelection
        {
            Categories = parsed.GetValue(_categories) ?? [],
            Languages = parsed.GetValue(_languages) ?? [],
            Limit = AtLeastOne(_limit.Name, parsed.GetValue(_limit)),
        },
        Concurrency = AtLeastOne(_concurrency.Name, parsed.GetValue(_concurrency)),
        UsesProductPrompt = UsesProductPrompt(parsed.GetValue(_system)!),
        Date = Date(parsed.GetValue(_date), environment.Time),
        Server = Server(parsed, environment),
        ShowWrong = parsed.GetValue(_showWrong) is var wrong and >= 0 ? wrong : throw new UsageException("--show-wrong must be 0 or more."),
        Report = ReportFile.Find(_report.Name, parsed.GetValue(_report), environment),
    };

    /// <summary>The server to measure; null for the embedded model.</summary>
    /// <exception cref="UsageException">The options about it cannot be used together.</exception>
    public OpenAIChatClientOptions? Server(ParseResult parsed, HostEnvironment environment)
    {
        var (address, model) = (parsed.GetValue(_against), parsed.GetValue(_againstModel));
        if (address is null)
        {
            return model is null ? null : throw new UsageException("--against-model names a model of a server. Name the server with --against URL, or an own model with --model FILE.");
        }

        if (string.IsNullOrWhiteSpace(model))
        {
            throw new UsageException("--against needs the model's name on the server: --against-model NAME.");
        }

        return CommonOptions.Settings(parsed).Any(setting => setting.Option == "--model")
            ? throw new UsageException("--model is the embedded model's file. Remove it, or remove --against.")
            : ModelServer.At(address, model, environment);
    }

    private static bool UsesProductPrompt(string value) => value switch
    {
        Product => true,
        None => false,
        _ => throw new UsageException($"--system is '{value}'; it must be {None} or {Product}."),
    };

    private static DateTimeOffset Date(string? value, TimeProvider time) =>
        value is null ? time.GetLocalNow()
        : DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
        : throw new UsageException($"--date is '{value}'; write a date such as 2026-01-31.");

    private static int? AtLeastOne(string option, int? value) => value is null or >= 1 ? value : throw new UsageException($"{option} must be 1 or more.");
}
