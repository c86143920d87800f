using System.CommandLine;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>The command line of <c>agent eval answers</c>.</summary>
internal sealed class EvalAnswersOptions
{
    private readonly Argument<string> _suite = new("suite") { Description = "The cases, a JSONL file; see docs/evaluation.md.", HelpName = "SUITE.jsonl" };
    private readonly Option<string[]> _categories = new("--category") { Description = "Only cases of this category; may be repeated.", HelpName = "NAME" };
    private readonly Option<string[]> _languages = new("--language") { Description = "Only cases in this language; may be repeated.", HelpName = "NAME" };
    private readonly Option<int?> _limit = new("--limit") { Description = "Only the first N of these cases.", HelpName = "N" };
    private readonly Option<int?> _concurrency = new("--concurrency") { Description = "Cases at once. Default: as many as the engine has sequences, or 8 on a server.", HelpName = "N" };
    private readonly Option<string> _system = new("--system") { Description = "System message of cases that have none: the product's prompt, or none.", HelpName = "none|product", DefaultValueFactory = _ => "product" };
    private readonly Option<string> _date = new("--date") { Description = "The date in the product's prompt. Default: today.", HelpName = "YYYY-MM-DD" };
    private readonly Option<string> _against = new("--against") { Description = $"Measure a model of an OpenAI-compatible server instead; its key comes from {EvalToolsOptions.KeyVariable}.", HelpName = "URL" };
    private readonly Option<string> _againstModel = new("--against-model") { Description = "The model's name on the server.", HelpName = "NAME" };
    private readonly Option<int> _showWrong = new("--show-wrong") { Description = "List the first N wrong cases, expected against got.", HelpName = "N" };
    private readonly Option<string> _report = new("--report") { Description = "Write a JSON report with every case.", HelpName = "FILE" };
    private readonly Option<string> _failUnder = new("--fail-under") { Description = "Exit with 1 under this percentage of right answers.", HelpName = "PERCENT" };

    /// <summary>Adds them to the command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_suite);
        foreach (var option in (Option[])[_categories, _languages, _limit, _concurrency, _system, _date, _against, _againstModel, _showWrong, _report, _failUnder])
        {
            command.Add(option);
        }
    }

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">A value cannot be used.</exception>
    public EvalAnswersRequest Read(ParseResult parsed, HostEnvironment environment) => new()
    {
        Suite = Path.GetFullPath(parsed.GetRequiredValue(_suite), environment.CurrentDirectory),
        Categories = parsed.GetValue(_categories) ?? [],
        Languages = parsed.GetValue(_languages) ?? [],
        Limit = EvalToolsOptions.AtLeastOne(_limit.Name, parsed.GetValue(_limit)),
        Concurrency = EvalToolsOptions.AtLeastOne(_concurrency.Name, parsed.GetValue(_concurrency)),
        UsesProductPrompt = EvalToolsOptions.UsesProductPrompt(parsed.GetValue(_system)!),
        Date = EvalToolsOptions.Date(parsed.GetValue(_date), environment.Time),
        Server = EvalToolsOptions.Server(parsed, environment, parsed.GetValue(_against), parsed.GetValue(_againstModel)),
        ShowWrong = parsed.GetValue(_showWrong) is var wrong and >= 0 ? wrong : throw new UsageException("--show-wrong must be 0 or more."),
        Report = ReportFile.Find(_report.Name, parsed.GetValue(_report), environment),
        FailUnder = parsed.GetValue(_failUnder) is not { } text ? null
            : EvalToolsOptions.Percent(text) ?? throw new UsageException($"--fail-under is '{text}'; write a percentage, for example 60. 0 asks for nothing."),
    };
}
