using System.CommandLine;
using System.Globalization;
using Agent.Core.Prompts;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Evaluation.Tools;
using Agent.Host.Evaluation.Tools.Reports;
using Agent.Host.Evaluation.Tools.Suites;
using Agent.Host.Remote;
using Agent.Host.Terminal;
using Microsoft.Extensions.AI;

namespace Agent.Host.Commands;

/// <summary><c>agent eval tools</c>: measures how well a model calls tools.</summary>
internal static class EvalToolsCommand
{
    /// <summary>Most tokens of an answer where the settings say nothing: several calls with long arguments.</summary>
    private const int DefaultMaxOutputTokens = 1024;

    public static Command Create(CommandRunner runner)
    {
        var options = new EvalToolsOptions();
        var command = new Command("tools", "Measure how well a model calls tools, on a suite of cases; no tool is run.");
        options.AddTo(command);
        command.SetAction((parsed, _) => runner.RunAsync(parsed, (context, cancellationToken) => ExecuteAsync(context, options.Read(parsed, context.Environment), cancellationToken)));
        return command;
    }

    private static async Task<int> ExecuteAsync(CommandContext context, EvalToolsRequest request, CancellationToken cancellationToken)
    {
        var settings = context.LoadSettings();
        settings = request.CallThreshold is { } threshold ? settings with { Model = settings.Model with { CallThreshold = threshold } } : settings;
        var cases = Select(await ToolSuiteReader.ReadAsync(request.Suite, request.ToolSets, cancellationToken), request);
        var prompts = request.UsesProductPrompt ? AgentDefinitions.LoadPrompts(settings) : null;
        await using var model = await StartAsync(context, request.Server, request.Concurrency, settings, cancellationToken);
        var options = new ToolEvaluationOptions
        {
            Concurrency = request.Concurrency ?? model.Sequences,
            MaxOutputTokens = settings.Model.MaxOutputTokens ?? DefaultMaxOutputTokens,
            SystemPrompt = next => prompts is null ? null : SystemPrompt(prompts, settings.Prompt, request.Date, next),
            Time = context.Environment.Time,
        };
        var started = context.Environment.Time.GetTimestamp();
        IReadOnlyList<ToolCaseResult> results;
        await using (var progress = new ToolEvaluationProgress(context.Terminal, cases.Count))
        {
            progress.Begin();
            results = await new ToolEvaluation(model.Client, options).RunAsync(cases, progress.Report, cancellationToken);
        }

        var report = new ToolEvaluationReport
        {
            Suite = request.Suite,
            Model = model.Name,
            Server = model.Server,
            CallThreshold = model.CallThreshold,
            System = prompts is null ? "none" : string.Create(CultureInfo.InvariantCulture, $"product ({settings.Prompt.Name}, {request.Date:yyyy-MM-dd})"),
            Concurrency = options.Concurrency,
            MaxOutputTokens = options.MaxOutputTokens,
            Planned = cases.Count,
            Duration = context.Environment.Time.GetElapsedTime(started),
            Results = results,
        };
        await WriteAsync(context, request, report);
        return Judge(context.Terminal, request, report, cancellationToken.IsCancellationRequested);
    }

    private static List<ToolCase> Select(IReadOnlyList<ToolCase> suite, EvalToolsRequest request)
    {
        RequireKnown("--category", request.Categories, suite.Select(next => next.Category));
        RequireKnown("--language", request.Languages, suite.Select(next => next.Language));
        var selected = suite
            .Where(next => request.Categories.Count == 0 || request.Categories.Contains(next.Category, StringComparer.Ordinal))
            .Where(next => request.Languages.Count == 0 || request.Languages.Contains(next.Language, StringComparer.Ordinal))
            .Take(request.Limit ?? int.MaxValue)
            .ToList();
        return selected.Count > 0 ? selected : throw new UsageException("No case has both the category and the language. Leave one of --category and --language out.");
    }

    /// <summary>Refuses a name that no case has.</summary>
    public static void RequireKnown(string option, IReadOnlyList<string> wanted, IEnumerable<string> there)
    {
        string[] known = [.. there.Distinct(StringComparer.Ordinal)];
        if (wanted.FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            throw new UsageException($"{option} is '{unknown}', which no case has. The suite has {string.Join(", ", known)}.");
        }
    }

    /// <summary>The model that is measured, here or on a server.</summary>
    public static async Task<EvaluatedModel> StartAsync(CommandContext context, OpenAIChatClientOptions? remote, int? concurrency, AgentSettings settings, CancellationToken cancellationToken) =>
        remote is { } server
            ? EvaluatedModel.OnServer(server, context.Environment.Time)
            : await context.StartAsync(
                settings, options => EvaluatedModel.LoadAsync(settings, options with { DefaultSequences = concurrency }, cancellationToken), model => model.Warnings);

    /// <summary>The prompt of <c>agent ask</c> for the first question of a case.</summary>
    private static string SystemPrompt(PromptLibrary prompts, PromptSettings settings, DateTimeOffset date, ToolCase next)
    {
        var question = next.Messages.FirstOrDefault(message => message.Role == ChatRole.User)?.Text ?? string.Empty;
        var language = AgentDefinitions.IsAutomatic(settings) ? PromptLanguage.Detect(question) : settings.Language;
        return prompts.Render(settings.Name, language, date, next.Tools.Select(tool => tool.Name));
    }

    private static async Task WriteAsync(CommandContext context, EvalToolsRequest request, ToolEvaluationReport report)
    {
        ToolEvaluationText.WriteErrors(context.Terminal, report);
        if (context.IsJson)
        {
            context.Json.Write(json => ToolEvaluationJson.WriteSummary(json, report));
        }
        else
        {
            ToolEvaluationText.Write(context.Terminal, report, context.Environment.Streams.IsOutputRedirected, request.ShowWrong);
        }

        if (request.Report is { } file)
        {
            await file.WriteAsync(ToolEvaluationJson.ToFile(report));
        }
    }

    private static int Judge(ConsoleTerminal terminal, EvalToolsRequest request, ToolEvaluationReport report, bool cancelled)
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

        var (decision, exact) = request.FailUnder ?? (0, 0);
        var total = report.Total;
        var passed = total.DecisionPercent >= decision && total.ExactPercent >= exact;
        if (!passed)
        {
            terminal.WriteNotice(string.Create(
                CultureInfo.InvariantCulture,
                $"error: Under --fail-under: decision {total.DecisionPercent:0.0} % of {decision} %, exact {total.ExactPercent:0.0} % of {exact} %."));
        }

        return passed ? ExitCodes.Success : ExitCodes.Failed;
    }
}
