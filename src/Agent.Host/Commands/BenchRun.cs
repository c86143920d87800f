using System.Globalization;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Host.Benchmarks.Figures;
using Agent.Host.Benchmarks.Loads;
using Agent.Host.Benchmarks.Reports;
using Agent.Host.Benchmarks.Running;
using Agent.Host.Benchmarks.Targets;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Terminal;

namespace Agent.Host.Commands;

/// <summary>One <c>agent bench</c>: the model in this process bears the loads, then it makes way and the server does.</summary>
internal sealed class BenchRun(
    CommandContext context,
    string mode,
    BenchRequest request,
    SamplingOptions sampling,
    Func<PromptSource, ITokenizer, IReadOnlyList<LoadCase>> createCases)
{
    private readonly BenchmarkRunner _runner = new(new LoadPlayer(context.Environment.Time), request.Runs);
    private readonly List<CaseResult> _results = [];

    /// <summary>Measures, and shows what came of it.</summary>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        var settings = context.LoadSettings();
        settings = request.Vocabulary is { } file ? settings with { Model = settings.Model with { Path = file } } : settings;
        using var server = request.Server is { } options ? await ServerTarget.ConnectAsync(options, cancellationToken) : null;
        var (cases, backend, loadTime) = request.MeasuresProcess ? await MeasureProcessAsync(settings, cancellationToken) : (await ReadVocabularyAsync(settings, cancellationToken), null, default(TimeSpan?));
        if (server is not null)
        {
            await MeasureServerAsync(server, cases, cancellationToken);
        }

        var report = new BenchmarkReport
        {
            Mode = mode,
            Seed = request.Seed,
            Runs = request.Runs,
            Sampling = Describe(sampling),
            Model = Path.GetFileName(settings.Model.Path),
            Backend = backend,
            LoadTime = loadTime,
            Server = server?.Endpoint,
            ServerModel = server?.Model,
            IsComplete = !cancellationToken.IsCancellationRequested,
            Results = _results,
        };
        Write(report);
        if (cancellationToken.IsCancellationRequested)
        {
            context.Terminal.WriteNotice("Cancelled.");
            return ExitCodes.Cancelled;
        }

        return report.Failed == 0 ? ExitCodes.Success : ExitCodes.Failed;
    }

    private async Task<(IReadOnlyList<LoadCase> Cases, string? Backend, TimeSpan? LoadTime)> MeasureProcessAsync(AgentSettings settings, CancellationToken cancellationToken)
    {
        await using var model = await context.StartAsync(settings, options => LocalModel.LoadAsync(settings, options, cancellationToken), _ => []);
        var runtime = model.Model.Runtime;
        var devices = runtime.GetDevices().Where(device => device.IsGpu == model.Model.OnGpu).Select(device => device.Description).Distinct(StringComparer.Ordinal);
        var cases = createCases(new PromptSource(model.Model.Tokenizer, request.Seed), model.Model.Tokenizer);
        foreach (var load in cases)
        {
            model.Check(load);
        }

        foreach (var load in cases)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                break;
            }

            _results.Add(await MeasureProcessAsync(model, load, cancellationToken));
        }

        return (cases, $"{string.Join(", ", devices)} (llama.cpp {runtime.Version}, {runtime.Choice.Backend})", model.LoadTime);
    }

    private async Task<CaseResult> MeasureProcessAsync(LocalModel model, LoadCase load, CancellationToken cancellationToken)
    {
        try
        {
            await using var target = await model.StartAsync(load);
            return await MeasureAsync(BenchmarkReport.Process, target, load, cancellationToken) with { GpuMemory = model.GpuMemory };
        }
        catch (AgentStartException e)
        {
            // What was measured before is not lost because a larger load does not fit.
            return new CaseResult { Target = BenchmarkReport.Process, Load = load, Runs = [LoadFigures.NotBegun("engine_start", e.Message)], RunsPlanned = request.Runs };
        }
    }

    private async Task<IReadOnlyList<LoadCase>> ReadVocabularyAsync(AgentSettings settings, CancellationToken cancellationToken)
    {
        using var vocabulary = await ModelLoading.LoadVocabularyAsync(settings, context.RuntimeOptions(), cancellationToken);
        return createCases(new PromptSource(vocabulary.Tokenizer, request.Seed), vocabulary.Tokenizer);
    }

    private async Task MeasureServerAsync(ServerTarget server, IReadOnlyList<LoadCase> cases, CancellationToken cancellationToken)
    {
        foreach (var load in cases)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            _results.Add(await MeasureAsync(BenchmarkReport.ServerName, server, load, cancellationToken));
        }
    }

    private async Task<CaseResult> MeasureAsync(string name, ILoadTarget target, LoadCase load, CancellationToken cancellationToken)
    {
        await using var indicator = new ActivityIndicator(context.Terminal);
        return await _runner.RunAsync(name, target, load, run => indicator.Show(Progress(name, load, run)), cancellationToken);
    }

    private string Progress(string name, LoadCase load, int run) => string.Create(
        CultureInfo.InvariantCulture, $"{load.Name} on {name}, {(run == 0 ? "warming up" : $"run {run} of {request.Runs}")}");

    private void Write(BenchmarkReport report)
    {
        if (!context.IsJson)
        {
            BenchmarkText.Write(context.Terminal, report, context.Environment.Streams.IsOutputRedirected);
            return;
        }

        BenchmarkText.WriteNotices(context.Terminal, report);
        context.Json.Write(json => BenchmarkJson.Write(json, report));
    }

    private static string Describe(SamplingOptions sampling) => sampling.Temperature == 0
        ? SamplingText.Greedy
        : string.Create(CultureInfo.InvariantCulture, $"temperature {sampling.Temperature}, top-k {sampling.TopK}, top-p {sampling.TopP}, min-p {sampling.MinP}");
}
