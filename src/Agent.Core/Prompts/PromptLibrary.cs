namespace Agent.Core.Prompts;

/// <summary>The prompt files of a folder: <c>{name}.{language}.md</c>, for example <c>system.zh.md</c>.</summary>
/// <remarks>Reads all files once; immutable and thread-safe after that.</remarks>
public sealed class PromptLibrary
{
    private static readonly string[] KnownVariables = ["date", "weekday", "tools"];
    private readonly Dictionary<(string Name, string Language), PromptTemplate> _prompts;

    private PromptLibrary(string directory, Dictionary<(string Name, string Language), PromptTemplate> prompts)
    {
        Directory = directory;
        _prompts = prompts;
    }

    /// <summary>The folder.</summary>
    public string Directory { get; }

    /// <summary>Names and languages of the prompts there are.</summary>
    public IReadOnlyCollection<(string Name, string Language)> Names => _prompts.Keys;

    /// <summary>Reads a folder.</summary>
    /// <exception cref="PromptFileException">The folder is missing, or a file in it is not sound.</exception>
    public static PromptLibrary Load(string directory)
    {
        if (!System.IO.Directory.Exists(directory))
        {
            throw new PromptFileException($"The prompt folder '{directory}' does not exist. Create it, or correct Agent:Prompt:Directory.");
        }

        var prompts = new Dictionary<(string, string), PromptTemplate>();
        foreach (var file in System.IO.Directory.EnumerateFiles(directory, "*.md").Order(StringComparer.Ordinal))
        {
            // Other Markdown files, a README say, have no language before their ending.
            if (Path.GetFileName(file).Split('.') is [var name, var language, "md"])
            {
                prompts[(name, language)] = PromptTemplate.Parse(File.ReadAllText(file), file, KnownVariables);
            }
        }

        return new PromptLibrary(directory, prompts);
    }

    /// <summary>Fills in a prompt.</summary>
    /// <param name="name">Its name, for example <c>system</c>.</param>
    /// <param name="language">Its language, for example <c>zh</c>.</param>
    /// <param name="now">The time that <c>{{date}}</c> and <c>{{weekday}}</c> tell.</param>
    /// <param name="toolNames">The names that <c>{{tools}}</c> lists.</param>
    /// <exception cref="PromptFileException">There is no such prompt; the message lists those there are.</exception>
    public string Render(string name, string language, DateTimeOffset now, IEnumerable<string> toolNames)
    {
        if (!_prompts.TryGetValue((name, language), out var prompt))
        {
            var there = string.Join(", ", _prompts.Keys.Select(p => $"{p.Name}.{p.Language}.md").Order(StringComparer.Ordinal));
            throw new PromptFileException($"There is no prompt '{name}.{language}.md' in '{Directory}', which holds {(there.Length == 0 ? "no prompt" : there)}. Add the file, or correct Agent:Prompt:Name and Agent:Prompt:Language.");
        }

        var culture = PromptLanguage.CultureOf(language);
        return prompt.Render(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["date"] = culture.FormatDate(now),
            ["weekday"] = culture.WeekdayOf(now),
            ["tools"] = string.Join(culture.ListSeparator, toolNames),
        });
    }
}
