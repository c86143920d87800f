using System.Globalization;
using System.Runtime.CompilerServices;
using Agent.Core.Agents;
using Agent.Core.Inference;
using Agent.Core.Native;
using Agent.Core.Prompts;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Tools.Ledger;
using Agent.Tools.Registry;

namespace Agent.Host.Diagnostics;

/// <summary>Looks at everything that an answer needs, one thing after another; what cannot be looked at is said.</summary>
/// <param name="loadSettings">Reads the configuration.</param>
/// <param name="options">Loggers and clock.</param>
internal sealed class Doctor(Func<AgentSettings> loadSettings, AgentRuntimeOptions options)
{
    /// <summary>Runs the checks in the order in which an answer depends on them.</summary>
    public async IAsyncEnumerable<DoctorCheck> ExamineAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Configuration(out var settings);
        settings ??= new AgentSettings();
        var (tools, anyWrites) = await ToolsAsync(settings, cancellationToken);
        yield return tools;
        yield return Ledger(settings, anyWrites);
        yield return Prompts(settings);
        yield return Library(settings, out var library);
        if (library is not null)
        {
            yield return Devices(library);
            yield return DoctorCheck.Ok("cpu", library.SystemInfo.Trim());
        }

        ModelFile? file = null;
        foreach (var check in ModelChecks.OfFile(settings, found => file = found))
        {
            yield return check;
        }

        await foreach (var check in PassageChecks.OfAsync(settings, options, cancellationToken))
        {
            yield return check;
        }

        if (library is null || file is null)
        {
            yield break;
        }

        await foreach (var check in LoadAsync(library, settings, cancellationToken))
        {
            yield return check;
        }
    }

    private DoctorCheck Configuration(out AgentSettings? settings)
    {
        const string Name = "configuration";
        try
        {
            settings = loadSettings();
            return DoctorCheck.Ok(Name, settings.Sources.Count == 0 ? "defaults only" : string.Join(", ", settings.Sources));
        }
        catch (SettingsException e)
        {
            settings = null;
            return DoctorCheck.Fail(Name, e, ExitCodes.Usage);
        }
    }

    private async Task<(DoctorCheck Check, bool AnyWrites)> ToolsAsync(AgentSettings settings, CancellationToken cancellationToken)
    {
        const string Name = "tools";
        try
        {
            await using var registry = await AgentDefinitions.LoadToolsAsync(settings, options, cancellationToken);
            var file = settings.Resolve(settings.ToolsFile).Full;
            var check = registry.Tools.Count == 0
                ? DoctorCheck.Warn(Name, $"{file} has no tools", "Add a tool; the comments of the shipped tools.yaml show how.")
                : DoctorCheck.Ok(Name, $"{file}: {string.Join(", ", registry.Tools.Select(tool => tool.Name))}");
            return (check, registry.Tools.Any(tool => tool.Effects == ToolEffects.Write));
        }
        catch (ToolsFileException e)
        {
            return (DoctorCheck.Fail(Name, e, ExitCodes.Usage), false);
        }
    }

    /// <summary>The ledger, opened as the first call that changes something opens it. Without such tools nothing fails for want of it.</summary>
    private DoctorCheck Ledger(AgentSettings settings, bool anyWrites)
    {
        const string Name = "ledger";
        const string Fix = "Name a file that can be written with Agent:Tools:Ledger; calls that change something are refused until then.";
        var path = options.LedgerPath ?? settings.LedgerPath();
        try
        {
            new SqliteToolLedger(path, options.Time).Prepare();
            return DoctorCheck.Ok(Name, path);
        }
        catch (ToolException e)
        {
            var detail = $"{path} cannot be written: {(e.InnerException ?? e).Message}";
            return anyWrites ? DoctorCheck.Fail(Name, detail, Fix, ExitCodes.Failed) : DoctorCheck.Warn(Name, detail, Fix);
        }
    }

    private static DoctorCheck Prompts(AgentSettings settings)
    {
        const string Name = "prompts";
        try
        {
            var prompts = AgentDefinitions.LoadPrompts(settings);
            var names = prompts.Names.Select(prompt => $"{prompt.Name}.{prompt.Language}").Order(StringComparer.Ordinal);
            return DoctorCheck.Ok(Name, $"{prompts.Directory}: {string.Join(", ", names)}; used: {settings.Prompt.Name}, language {settings.Prompt.Language}");
        }
        catch (PromptFileException e)
        {
            return DoctorCheck.Fail(Name, e, ExitCodes.Usage);
        }
    }

    private DoctorCheck Library(AgentSettings settings, out LlamaRuntime? library)
    {
        const string Name = "native library";
        try
        {
            library = ModelLoading.LoadLibrary(settings, options);
            var choice = library.Choice;
            return DoctorCheck.Ok(Name, $"llama.cpp {library.Version}, {choice.Backend} build: {choice.Reason}\n{choice.LibraryFile}");
        }
        catch (AgentStartException e)
        {
            library = null;
            return DoctorCheck.Fail(Name, e, ExitCodes.CannotLoad);
        }
    }

    private static DoctorCheck Devices(LlamaRuntime library)
    {
        var devices = library.GetDevices();
        var lines = devices.Select(device => $"{device.Name} ({device.Description.Trim()}): {Size.Of(device.FreeBytes)} free of {Size.Of(device.TotalBytes)}");
        var memory = GC.GetGCMemoryInfo();
        return DoctorCheck.Ok("devices", string.Join('\n', [.. lines, $"this process may use {Size.Of(memory.TotalAvailableMemoryBytes)} of memory on {Environment.ProcessorCount} cores"]));
    }

    private async IAsyncEnumerable<DoctorCheck> LoadAsync(LlamaRuntime library, AgentSettings settings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var started = options.Time.GetTimestamp();
        LoadedModel? model = null;
        AgentStartException? failure = null;
        try
        {
            model = await LoadedModel.LoadAsync(library, settings, options, cancellationToken);
        }
        catch (AgentStartException e)
        {
            failure = e;
        }

        var elapsed = options.Time.GetElapsedTime(started);
        var loaded = string.Empty;
        if (model is not null)
        {
            var plan = Describe(model.Engine.Plan);
            loaded = string.Join('\n', [string.Empty, model.Model.Placement.ToString(), .. model.Model.Adapters.Select(adapter => adapter.ToString())]);
            await model.DisposeAsync();
            yield return DoctorCheck.Ok("context", plan);
        }

        yield return failure is not null
            ? DoctorCheck.Fail(failure.Stage == AgentLoadStage.Engine ? "context" : "loading", failure, ExitCodes.CannotLoad)
            : DoctorCheck.Ok("loading", string.Create(CultureInfo.InvariantCulture, $"model loaded and first token computed in {elapsed.TotalMilliseconds:0} ms{loaded}"));
    }

    private static string Describe(ContextPlan? plan) => plan is null
        ? "no plan"
        : string.Join('\n', [plan.ToString(), .. plan.Notes]);
}
