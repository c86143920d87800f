using System.CommandLine;
using Agent.Core.Agents;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Agent.Host.Terminal;
using Agent.Tools.Reloading;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Commands;

/// <summary>What the body of a command works with.</summary>
internal sealed class CommandContext : IDisposable
{
    private readonly ParseResult _parsed;
    private readonly ILoggerFactory _loggers;

    public CommandContext(HostEnvironment environment, ParseResult parsed)
    {
        _parsed = parsed;
        Environment = environment;
        IsJson = CommonOptions.IsJson(parsed);
        IsVerbose = CommonOptions.IsVerbose(parsed);
        Terminal = new ConsoleTerminal(environment.Streams, environment.Variables);
        Lines = new TerminalLines(environment.Streams.In);
        Json = new JsonLines(environment.Streams.Out);

        // What tools and model do is shown as it happens; a warning for each would say it twice.
        var least = IsVerbose ? LogLevel.Information : LogLevel.Error;
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(least).AddProvider(new NoticeLoggerProvider(Terminal, least)));
    }

    /// <summary>What the program found around it.</summary>
    public HostEnvironment Environment { get; }

    /// <summary>Whether output is for programs.</summary>
    public bool IsJson { get; }

    /// <summary>Whether logs and stack traces are wanted.</summary>
    public bool IsVerbose { get; }

    /// <summary>Output for people.</summary>
    public ConsoleTerminal Terminal { get; }

    /// <summary>What is typed, for whoever asks.</summary>
    public TerminalLines Lines { get; }

    /// <summary>Output for programs.</summary>
    public JsonLines Json { get; }

    /// <summary>Stops what Ctrl-C should stop before the command itself; returns false where nothing runs.</summary>
    public Func<bool>? StopCurrentTurn { get; set; }

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="SettingsException">Something is wrong; all problems are listed.</exception>
    public AgentSettings LoadSettings() =>
        SettingsLoader.Load(Environment.ProgramDirectory, Environment.CurrentDirectory, Environment.Variables, CommonOptions.Settings(_parsed));

    /// <summary>What this program decides about an agent.</summary>
    public AgentRuntimeOptions RuntimeOptions(IProgress<AgentLoadProgress>? progress = null) => new()
    {
        LoggerFactory = _loggers,
        Time = Environment.Time,
        Environment = name => Environment.Variables.GetValueOrDefault(name),
        Progress = progress,

        // One person asks one question at a time: more sequences would only take memory.
        DefaultSequences = 1,
    };

    /// <summary>Starts an agent, with a spinner meanwhile.</summary>
    /// <param name="configure">Changes the settings as the command's options say.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <param name="onToolReload">Receives what came of edits of the tool file; null to leave it unwatched.</param>
    public Task<AgentRuntime> StartAgentAsync(Func<AgentSettings, AgentSettings> configure, CancellationToken cancellationToken, Action<ToolReload>? onToolReload = null)
    {
        var settings = configure(LoadSettings());
        return StartAsync(
            settings, options => AgentRuntime.StartAsync(settings, options with { OnToolReload = onToolReload }, cancellationToken), runtime => runtime.Warnings);
    }

    /// <summary>Starts what has a model in this process, with a spinner meanwhile, and shows what is to be known of it.</summary>
    /// <param name="settings">Name the model.</param>
    /// <param name="start">Starts it.</param>
    /// <param name="warnings">What works differently from what one may expect, one sentence each.</param>
    public async Task<T> StartAsync<T>(AgentSettings settings, Func<AgentRuntimeOptions, Task<T>> start, Func<T, IReadOnlyList<string>> warnings)
    {
        await using var indicator = new ActivityIndicator(Terminal);
        indicator.Show("starting");
        var started = await start(RuntimeOptions(new LoadIndicator(indicator, Path.GetFileName(settings.Model.Path))));
        await indicator.HideAsync();
        foreach (var warning in warnings(started))
        {
            Terminal.WriteNotice($"warning: {warning}");
        }

        return started;
    }

    /// <summary>Asks whether a call may run; null where nobody can be asked.</summary>
    /// <param name="approveAll">Whether somebody agreed beforehand.</param>
    public IApprovalPrompt? ApprovalPrompt(bool approveAll) =>
        approveAll ? new PresetApproval()
        : Terminal.IsInteractive && !IsJson ? new TerminalApprovalPrompt(Terminal, Lines)
        : null;

    /// <summary>Shows runs in the form that the user asked for.</summary>
    public IRunReporter CreateReporter(AgentLimits limits, TimeSpan loadTime) =>
        IsJson ? new JsonRunReporter(Json, loadTime) : new TextRunReporter(Terminal, limits);

    public void Dispose() => _loggers.Dispose();
}
