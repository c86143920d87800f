using System.CommandLine;
using System.Globalization;
using Agent.Core.Prompts;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Evaluation.Answers;
using Agent.Host.Evaluation.Answers.Reports;
using Agent.Host.Evaluation.Answers.Suites;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary><c>agent eval answers</c>: measures how well a model answers from passages, cites them, and says when they do not tell.</summary>
internal static class EvalAnswersCommand
{
    /// <summary>Most tokens of an answer where the settings say nothing.</summary>
    private const int DefaultMaxOutputTokens = 512;

    public static Command Create(CommandRunner runner)
    {
        var options = new EvalAnswersOptions();
        var command = new Command("answers", "Measure how well a model answers from passages, on a suite of cases: citations, content, refusals.");
        options.AddTo(command);
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) => ExecuteAsync(context, options.Read(parsed, context.Environment), cancellationToken)));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, EvalAnswersRequest request, CancellationToken cancellationToken)
    {
        var settings = context.LoadSettings();
        var cases = Select(await AnswerSuiteReader.ReadAsync(request.Suite, cancellationToken), request);
        var prompts = AgentDefinitions.LoadPrompts(settings);
        await using var model = await EvalToolsCommand.StartAsync(context, request.Server, request.Concurrency, settings, cancellationToken);
        var options = new AnswerEvaluationOptions
        {
            Concurrency = request.Concurrency ?? model.Sequences,
            MaxOutputTokens = settings.Model.MaxOutputTokens ?? DefaultMaxOutputTokens,
            Prompts = prompts,
            SystemPrompt = next => request.UsesProductPrompt ? SystemPrompt(prompts, settings.Prompt, request.Date, next) : null,
            Time = context.Environment.Time,
        };
        var started = context.Environment.Time.GetTimestamp();
        IReadOnlyList<AnswerCaseResult> results;
        await using (var progress = new AnswerEvaluationProgress(context.Terminal, cases.Count))
        {
            progress.Begin();
            results = await new AnswerEvaluation(model.Client, options).RunAsync(cases, progress.Report, cancellationToken);
        }

        var report = new AnswerEvaluationReport
        {
            Suite = request.Suite,
            Model = model.Name,
            Server = model.Server,
            System = request.UsesProductPrompt ? string.Create(CultureInfo.InvariantCulture, $"product ({settings.Prompt.Name}, {request.Date:yyyy-MM-dd})") : "none",
            Concurrency = options.Concurrency,
            MaxOutputTokens = options.MaxOutputTokens,
            Planned = cases.Count,
            Duration = context.Environment.Time.GetElapsedTime(started),
            Results = results,
        };
        await WriteAsync(context, request, report);
        return Judge(context.Terminal, request, report, cancellationToken.IsCancellationRequested);
    }

    private static List<AnswerCase> Select(IReadOnlyList<AnswerCase> suite, EvalAnswersRequest request)
    {
        EvalToolsCommand.RequireKnown("--category", request.Categories, suite.Select(next => next.Category));
        EvalToolsCommand.RequireKnown("--language", request.Languages, suite.Select(next => next.Language));
        var selected = suite
            .Where(next => request.Categories.Count == 0 || request.Categories.Contains(next.Category, StringComparer.Ordinal))
            .Where(next => request.Languages.Count == 0 || request.Languages.Contains(next.Language, StringComparer.Ordinal))
            .Take(request.Limit ?? int.MaxValue)
            .ToList();
        return selected.Count > 0 ? selected : throw new UsageException("No case has both the category and the language. Leave one of --category and --language out.");
    }

    /// <summary>The prompt of <c>agent ask</c> for the question, in an agent without tools.</summary>
    private static string SystemPrompt(PromptLibrary prompts, PromptSettings settings, DateTimeOffset date, AnswerCase next)
    {
        var language = AgentDefinitions.IsAutomatic(settings) ? PromptLanguage.Detect(next.Messages[0].Text) : settings.Language;
        return prompts.Render(settings.Name, language, date, []);
    }

    private static async Task WriteAsync(CommandContext context, EvalAnswersRequest request, AnswerEvaluationReport report)
    {
        AnswerEvaluationText.WriteErrors(context.Terminal, report);
        if (context.IsJson)
        {
            context.Json.Write(json => AnswerEvaluationJson.WriteSummary(json, report));
        }
        else
        {
            AnswerEvaluationText.Write(context.Terminal, report, context.Environment.Streams.IsOutputRedirected, request.ShowWrong);
        }

        if (request.Report is { } file)
        {
            await file.WriteAsync(AnswerEvaluationJson.ToFile(report));
        }
    }

    private static int Judge(ConsoleTerminal terminal, EvalAnswersRequest request, AnswerEvaluationReport report, bool cancelled)
    {
        if (cancelled)
        {
            terminal.WriteNotice("Cancelled.");
            return ExitCodes.Cancelled;
        }

        if (report.Errors == report.Results.Count)
        {
            terminal.WriteNotice("error: No case was answered.");
            return ExitCodes.Failed;
        }

        if (report.Total.Right < request.FailUnder)
        {
            terminal.WriteNotice(string.Create(CultureInfo.InvariantCulture, $"error: Under --fail-under: right {report.Total.Right:0.0} % of {request.FailUnder} %."));
            return ExitCodes.Failed;
        }

        return ExitCodes.Success;
    }
}
