using Agent.Core.Prompts;
using Agent.Host.Configuration;
using Agent.Tools.Registry;

namespace Agent.Host.Composition;

/// <summary>Tools and prompts: what a person writes, read and checked without any model.</summary>
internal sealed class AgentDefinitions : IAsyncDisposable
{
    private readonly PromptSettings _prompt;
    private readonly TimeProvider _time;
    private readonly string[] _toolNames;

    private AgentDefinitions(ToolRegistry tools, PromptLibrary prompts, PromptSettings prompt, TimeProvider time)
    {
        Tools = tools;
        Prompts = prompts;
        _prompt = prompt;
        _time = time;
        _toolNames = [.. tools.Tools.Select(tool => tool.Name)];
    }

    /// <summary>The tools.</summary>
    public ToolRegistry Tools { get; }

    /// <summary>The prompts.</summary>
    public PromptLibrary Prompts { get; }

    /// <summary>Reads the tool file alone.</summary>
    /// <exception cref="ToolsFileException">It is missing or wrong; all problems are listed.</exception>
    public static Task<ToolRegistry> LoadToolsAsync(AgentSettings settings, AgentRuntimeOptions options, CancellationToken cancellationToken)
    {
        var builder = new ToolRegistryBuilder
        {
            LoggerFactory = options.LoggerFactory,
            TimeProvider = options.Time,
            Environment = options.Environment,
        };
        options.ConfigureTools?.Invoke(builder);
        return builder.AddFile(settings.Resolve(settings.ToolsFile).Full).BuildAsync(cancellationToken);
    }

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
        var tools = await LoadToolsAsync(settings, options, cancellationToken);
        return new AgentDefinitions(tools, prompts, settings.Prompt, options.Time);
    }

    /// <summary>The system prompt for a conversation that begins with a question.</summary>
    public string SystemPrompt(string question)
    {
        var language = IsAutomatic(_prompt) ? PromptLanguage.Detect(question) : _prompt.Language;
        return Prompts.Render(_prompt.Name, language, _time.GetLocalNow(), _toolNames);
    }

    public ValueTask DisposeAsync() => Tools.DisposeAsync();

    /// <summary>Whether the language of a prompt is that of the question.</summary>
    public static bool IsAutomatic(PromptSettings prompt) => prompt.Language.Equals(PromptSettings.AutomaticLanguage, StringComparison.OrdinalIgnoreCase);

    /// <summary>The languages that questions may lead to: those that <see cref="PromptLanguage.Detect"/> tells apart.</summary>
    private static string[] Languages(PromptSettings prompt) => IsAutomatic(prompt) ? ["zh", "en"] : [prompt.Language];
}
