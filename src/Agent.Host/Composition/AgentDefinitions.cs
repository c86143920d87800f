using Agent.Core.Agents.Passages;
using Agent.Core.Prompts;
using Agent.Host.Configuration;
using Agent.Tools.Masking;
using Agent.Tools.Registry;
using Agent.Tools.Reloading;

namespace Agent.Host.Composition;

/// <summary>Tools and prompts: what a person writes, read and checked without any model.</summary>
internal sealed class AgentDefinitions : IAsyncDisposable
{
    private readonly PromptSettings _prompt;
    private readonly TimeProvider _time;
    private readonly ReloadingToolRegistry _tools;

    private AgentDefinitions(ReloadingToolRegistry tools, PromptLibrary prompts, PromptSettings prompt, TimeProvider time)
    {
        _tools = tools;
        Prompts = prompts;
        _prompt = prompt;
        _time = time;
    }

    /// <summary>The prompts.</summary>
    public PromptLibrary Prompts { get; }

    /// <summary>Reads the tool file alone.</summary>
    /// <exception cref="ToolsFileException">It is missing or wrong; all problems are listed.</exception>
    public static Task<ToolRegistry> LoadToolsAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken) =>
        CreateToolsBuilder(settings.Resolve(settings.ToolsFile).Full, settings, options).BuildAsync(cancellationToken);

    /// <summary>Reads the prompts, and tries the one that the settings name.</summary>
    /// <exception cref="PromptFileException">A prompt is missing or wrong.</exception>
    public static PromptLibrary LoadPrompts(AgentSettings settings)
    {
        var prompts = PromptLibrary.Load(settings.Resolve(settings.Prompt.Directory).Full);
        foreach (var language in Languages(settings.Prompt))
        {
            _ = prompts.Render(settings.Prompt.Name, language, DateTimeOffset.UnixEpoch, []);
        }

        return prompts;
    }

    /// <summary>Reads both.</summary>
    /// <exception cref="ToolsFileException">The tool file is missing or wrong; all problems are listed.</exception>
    /// <exception cref="PromptFileException">A prompt is missing or wrong.</exception>
    public static async Task<AgentDefinitions> LoadAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        var prompts = LoadPrompts(settings);
        var tools = await WatchToolsAsync(settings, options, cancellationToken);
        return new AgentDefinitions(tools, prompts, settings.Prompt, options.Time);
    }

    /// <summary>The tools as they are now, until the lease is disposed.</summary>
    public ToolRegistryLease AcquireTools() => _tools.Acquire();

    /// <summary>What the tools file declares as secret now. It outlives the tools that it came with.</summary>
    public SecretMask CurrentMask
    {
        get
        {
            using var tools = AcquireTools();
            return tools.Registry.Mask;
        }
    }

    /// <summary>The system prompt for a conversation that begins with a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="tools">The names of the tools that the conversation has.</param>
    public string SystemPrompt(string question, IEnumerable<string> tools)
    {
        var language = IsAutomatic(_prompt) ? PromptLanguage.Detect(question) : _prompt.Language;
        return Prompts.Render(_prompt.Name, language, _time.GetLocalNow(), tools);
    }

    public ValueTask DisposeAsync() => _tools.DisposeAsync();

    private static Task<ReloadingToolRegistry> WatchToolsAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        // Found once: were it looked up again after it was deleted, the file beside the program would silently take its place.
        var file = settings.Resolve(settings.ToolsFile).Full;
        var reload = new ToolReloadOptions
        {
            IsWatching = settings.ReloadTools && options.OnToolReload is not null,
            OnReload = options.OnToolReload,
            TimeProvider = options.Time,
            LoggerFactory = options.LoggerFactory,
        };
        return ReloadingToolRegistry.StartAsync(() => CreateToolsBuilder(file, settings, options), reload, cancellationToken);
    }

    private static ToolRegistryBuilder CreateToolsBuilder(string file, AgentSettings settings, AgentRuntimeOptions options)
    {
        var builder = new ToolRegistryBuilder
        {
            LoggerFactory = options.LoggerFactory,
            TimeProvider = options.Time,
            Environment = options.Environment,
            AllowProcesses = settings.AllowProcesses,
        };
        if (settings.Retrieval.Use == RetrievalUse.Tool)
        {
            builder.Reserve(new SearchPassagesOptions().Name, "the search of passages (Agent:Retrieval:Use is Tool)", "set Agent:Retrieval:Use to Context or Off");
        }

        options.ConfigureTools?.Invoke(builder);
        return builder.AddFile(file);
    }

    /// <summary>Whether the language of a prompt is that of the question.</summary>
    public static bool IsAutomatic(PromptSettings prompt) => prompt.Language.Equals(PromptSettings.AutomaticLanguage, StringComparison.OrdinalIgnoreCase);

    /// <summary>The languages that questions may lead to: those that <see cref="PromptLanguage.Detect"/> tells apart.</summary>
    private static string[] Languages(PromptSettings prompt) => IsAutomatic(prompt) ? ["zh", "en"] : [prompt.Language];
}
