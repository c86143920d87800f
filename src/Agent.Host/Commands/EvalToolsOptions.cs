using System.CommandLine;
using System.Globalization;
using Agent.Host.Configuration;
using Agent.Host.Remote;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>The command line of <c>agent eval tools</c>.</summary>
internal sealed class EvalToolsOptions
{
    /// <summary>The variable that holds the key of the server's API; on the command line others could read it.</summary>
    public const string KeyVariable = "AGENT_EVAL_KEY";

    private const string None = "none";
    private const string Product = "product";

    private readonly Argument<string> _suite = new("suite") { Description = "The cases, a JSONL file; see docs/evaluation.md.", HelpName = "SUITE.jsonl" };
    private readonly Option<string> _toolSets = new("--toolsets") { Description = "The tool sets. Default: toolsets.json beside the suite.", HelpName = "FILE" };
    private readonly Option<string[]> _categories = new("--category") { Description = "Only cases of this category; may be repeated.", HelpName = "NAME" };
    private readonly Option<string[]> _languages = new("--language") { Description = "Only cases in this language; may be repeated.", HelpName = "NAME" };
    private readonly Option<int?> _limit = new("--limit") { Description = "Only the first N of these cases.", HelpName = "N" };
    private readonly Option<int?> _concurrency = new("--concurrency") { Description = "Cases at once. Default: as many as the engine has sequences, or 8 on a server.", HelpName = "N" };
    private readonly Option<string> _system = new("--system") { Description = "System message of cases that have none: the product's prompt, or none.", HelpName = "none|product", DefaultValueFactory = _ => Product };
    private readonly Option<string> _date = new("--date") { Description = "The date in the product's prompt. Default: today.", HelpName = "YYYY-MM-DD" };
    private readonly Option<double?> _threshold = new("--call-threshold") { Description = "Least probability at which a turn opens with a call (Agent:Model:CallThreshold).", HelpName = "X" };
    private readonly Option<string> _against = new("--against") { Description = $"Measure a model of an OpenAI-compatible server instead; its key comes from {KeyVariable}.", HelpName = "URL" };
    private readonly Option<string> _againstModel = new("--against-model") { Description = "The model's name on the server.", HelpName = "NAME" };
    private readonly Option<int> _showWrong = new("--show-wrong") { Description = "List the first N wrong cases, expected against got.", HelpName = "N" };
    private readonly Option<string> _report = new("--report") { Description = "Write a JSON report with every case.", HelpName = "FILE" };
    private readonly Option<string> _failUnder = new("--fail-under") { Description = "Exit with 1 under these percentages, for example 60,20.", HelpName = "DECISION,EXACT" };

    /// <summary>Adds them to the command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_suite);
        foreach (var option in (Option[])[_toolSets, _categories, _languages, _limit, _concurrency, _system, _date, _threshold, _against, _againstModel, _showWrong, _report, _failUnder])
        {
            command.Add(option);
        }
    }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">A value cannot be used.</exception>
    public EvalToolsRequest Read(ParseResult parsed, HostEnvironment environment)
    {
        var suite = Path.GetFullPath(parsed.GetRequiredValue(_suite), environment.CurrentDirectory);
        var server = Server(parsed, environment, parsed.GetValue(_against), parsed.GetValue(_againstModel));
        var threshold = parsed.GetValue(_threshold);
        Require(threshold is null || (threshold > 0 && threshold <= 1), "--call-threshold must be above 0 and up to 1.");
        Require(threshold is null || server is null, "--call-threshold works on the embedded model only: a server does not let others choose its tokens. Remove it or --against.");
        return new EvalToolsRequest
        {
            Suite = suite,
            ToolSets = parsed.GetValue(_toolSets) is { } sets ? Path.GetFullPath(sets, environment.CurrentDirectory) : Path.Combine(Path.GetDirectoryName(suite)!, "toolsets.json"),
            Categories = parsed.GetValue(_categories) ?? [],
            Languages = parsed.GetValue(_languages) ?? [],
            Limit = AtLeastOne(_limit.Name, parsed.GetValue(_limit)),
            Concurrency = AtLeastOne(_concurrency.Name, parsed.GetValue(_concurrency)),
            UsesProductPrompt = UsesProductPrompt(parsed.GetValue(_system)!),
            Date = Date(parsed.GetValue(_date), environment.Time),
            CallThreshold = threshold,
            Server = server,
            ShowWrong = parsed.GetValue(_showWrong) is var wrong and >= 0 ? wrong : throw new UsageException("--show-wrong must be 0 or more."),
            Report = ReportFile.Find(_report.Name, parsed.GetValue(_report), environment),
            FailUnder = FailUnder(parsed.GetValue(_failUnder)),
        };
    }

    /// <summary>The server of <c>--against</c>, which every measurement of a model has.</summary>
    public static OpenAIChatClientOptions? Server(ParseResult parsed, HostEnvironment environment, string? address, string? model)
    {
        if (address is null)
        {
            Require(model is null, "--against-model names a model of a server. Name the server with --against URL, or an own model with --model FILE.");
            return null;
        }

        Require(!string.IsNullOrWhiteSpace(model), "--against needs the model's name on the server: --against-model NAME.");
        Require(
            CommonOptions.Settings(parsed).All(setting => setting.Option != "--model"),
            "--model is the embedded model's file. Remove it, or remove --against.");
        return ServerAt(address, model!, environment);
    }

    /// <summary>A server by its address.</summary>
    /// <exception cref="UsageException">It is no address of a server.</exception>
    public static OpenAIChatClientOptions ServerAt(string address, string model, HostEnvironment environment)
    {
        var endpoint = ServerAddress.Read(address, KeyVariable, out var problem, out var fix);
        return new OpenAIChatClientOptions
        {
            Endpoint = endpoint ?? throw new UsageException($"--against {problem}. {fix}"),
            Model = model,
            ApiKey = environment.Variables.GetValueOrDefault(KeyVariable),
        };
    }

    /// <summary>Reads <c>--system</c>.</summary>
    public static bool UsesProductPrompt(string value) => value switch
    {
        Product => true,
        None => false,
        _ => throw new UsageException($"--system is '{value}'; it must be {None} or {Product}."),
    };

    /// <summary>Reads <c>--date</c>; today where there is none.</summary>
    public static DateTimeOffset Date(string? value, TimeProvider time) =>
        value is null ? time.GetLocalNow()
        : DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
        : throw new UsageException($"--date is '{value}'; write a date such as 2026-01-31.");

    private static (decimal Decision, decimal Exact)? FailUnder(string? value)
    {
        if (value is null)
        {
            return null;
        }

        var parts = value.Split(',');
        if (parts.Length == 2 && Percent(parts[0]) is { } decision && Percent(parts[1]) is { } exact)
        {
            return (decision, exact);
        }

        throw new UsageException($"--fail-under is '{value}'; write two percentages, DECISION,EXACT, for example 60,20. 0 asks for nothing.");
    }

    /// <summary>A percentage. What lies between 0 and 1 is a share that somebody took for one, and would never fail.</summary>
    public static decimal? Percent(string text) =>
        decimal.TryParse(text.AsSpan().Trim().TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is 0 or (>= 1 and <= 100) ? percent : null;

    /// <summary>Checks a count.</summary>
    public static int? AtLeastOne(string option, int? value) => value is null or >= 1 ? value : throw new UsageException($"{option} must be 1 or more.");

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new UsageException(message);
        }
    }
}
