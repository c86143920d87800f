using System.Globalization;
using Agent.Core.Prompts;
using Agent.Host.Configuration;
using Agent.Host.Evaluation.Cases;
using Agent.Host.Evaluation.Reports;

namespace Agent.Host.Commands.Evaluations;

/// <summary>One measurement of a model on a suite of cases, from the suite to the exit code. A command adds how its cases are read, asked, judged and shown.</summary>
internal abstract class EvaluationRun<TCase, TResult>(CommandContext context, EvaluationRequest request)
    where TCase : EvaluationCase
    where TResult : CaseResult
{
    /// <summary>Measures, and shows what came of it.</summary>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        var settings = Configure(context.LoadSettings());
        var cases = request.Selection.From(await ReadSuiteAsync(cancellationToken));
        var evaluation = CreateEvaluation(settings);
        await using var model = await StartModelAsync(settings, cancellationToken);
        var options = new CaseRunOptions
        {
            Concurrency = request.Concurrency ?? model.Sequences,
            MaxOutputTokens = settings.Model.MaxOutputTokens ?? DefaultMaxOutputTokens,
            Time = context.Environment.Time,
        };
        var started = context.Environment.Time.GetTimestamp();
        IReadOnlyList<TResult> results;
        await using (var progress = new EvaluationProgress<TResult>(context.Terminal, cases.Count, Marks))
        {
            progress.Begin();
            results = await new CaseRunner<TCase, TResult>(model.Client, evaluation, options).RunAsync(cases, progress.Report, cancellationToken);
        }

        var report = new EvaluationReport<TResult>
        {
            Suite = request.Suite,
            Model = model.Name,
            Server = model.Server,
            CallThreshold = model.CallThreshold,
            System = request.UsesProductPrompt ? string.Create(CultureInfo.InvariantCulture, $"product ({settings.Prompt.Name}, {request.Date:yyyy-MM-dd})") : "none",
            Concurrency = options.Concurrency,
            MaxOutputTokens = options.MaxOutputTokens,
            Planned = cases.Count,
            Duration = context.Environment.Time.GetElapsedTime(started),
            Results = results,
        };
        await WriteAsync(report);
        return Judge(report, cancellationToken.IsCancellationRequested);
    }

    /// <summary>Most tokens of an answer where the settings say nothing.</summary>
    protected abstract int DefaultMaxOutputTokens { get; }

    /// <summary>What the progress of the run counts.</summary>
    protected abstract IReadOnlyList<ScoreMark<TResult>> Marks { get; }

    /// <summary>The results for people.</summary>
    protected abstract EvaluationText<TResult> Text { get; }

    /// <summary>The results for programs.</summary>
    protected abstract EvaluationJson<TResult> Json { get; }

    /// <summary>Changes the settings as the command's own options say.</summary>
    protected virtual AgentSettings Configure(AgentSettings settings) => settings;

    /// <summary>Reads the suite.</summary>
    protected abstract Task<IReadOnlyList<TCase>> ReadSuiteAsync(CancellationToken cancellationToken);

    /// <summary>How the cases are asked and judged. It loads the prompts that this takes, before the model is loaded.</summary>
    protected abstract ICaseEvaluation<TCase, TResult> CreateEvaluation(AgentSettings settings);

    /// <summary>How the results are under <c>--fail-under</c>, in words; null where they are not.</summary>
    protected abstract string? Shortfall(EvaluationReport<TResult> report);

    /// <summary>The system message of cases that have none, as <c>--system</c> and <c>--date</c> say.</summary>
    /// <param name="settings">Name the prompt.</param>
    /// <param name="prompts">Loads the prompts; called only for the product's.</param>
    protected SystemMessage SystemMessageOf(AgentSettings settings, Func<PromptLibrary> prompts) =>
        new(request.UsesProductPrompt ? prompts() : null, settings.Prompt, request.Date);

    /// <summary>The model that is measured, here or on a server.</summary>
    private async Task<EvaluatedModel> StartModelAsync(AgentSettings settings, CancellationToken cancellationToken) =>
        request.Server is { } server
            ? EvaluatedModel.OnServer(server, context.Environment.Time)
            : await context.StartAsync(
                settings, options => EvaluatedModel.LoadAsync(settings, options with { DefaultSequences = request.Concurrency }, cancellationToken), model => model.Warnings);

    private async Task WriteAsync(EvaluationReport<TResult> report)
    {
        EvaluationText<TResult>.WriteErrors(context.Terminal, report);
        if (context.IsJson)
        {
            context.Json.Write(json => Json.WriteSummary(json, report));
        }
        else
        {
            Text.Write(context.Terminal, report, context.Environment.Streams.IsOutputRedirected, request.ShowWrong);
        }

        if (request.Report is { } file)
        {
            await file.WriteAsync(Json.ToFile(report));
        }
    }

    private int Judge(EvaluationReport<TResult> report, bool cancelled)
    {
        if (cancelled)
        {
            context.Terminal.WriteNotice("Cancelled.");
            return ExitCodes.Cancelled;
        }

        var problem = report.Errors == report.Results.Count ? "No case was answered."
            : Shortfall(report) is { } shortfall ? $"Under --fail-under: {shortfall}."
            : null;
        if (problem is not null)
        {
            context.Terminal.WriteNotice($"error: {problem}");
        }

        return problem is null ? ExitCodes.Success : ExitCodes.Failed;
    }
}
