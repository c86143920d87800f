namespace Agent.Core.Prompts;

/// <summary>The prompt files of a folder: <c>{name}.{language}.md</c>, for example <c>system.zh.md</c>.</summary>
/// <remarks>
/// Reads all files once; immutable and thread-safe after that. The files named <c>passages</c> and <c>no_passages</c> stand around a question
/// and what was found for it, and have variables of their own; all others are system prompts.
/// </remarks>
public sealed class PromptLibrary
{
    private static readonly string[] SystemVariables = ["date", "weekday", "tools"];
    private static readonly Dictionary<string, string[]> QuestionVariables = new(StringComparer.Ordinal)
    {
        ["passages"] = ["passages", "question"],
        ["no_passages"] = ["question"],
    };

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
                prompts[(name, language)] = Read(file, name);
            }
        }

        return new PromptLibrary(directory, prompts);
    }

    /// <summary>Fills in a system prompt.</summary>
    /// <param name="name">Its name, for example <c>system</c>.</param>
    /// <param name="language">Its language, for example <c>zh</c>.</param>
    /// <param name="now">The time that <c>{{date}}</c> and <c>{{weekday}}</c> tell.</param>
    /// <param name="toolNames">The names that <c>{{tools}}</c> lists.</param>
    /// <exception cref="PromptFileException">There is no such prompt, or it is not for a system message; the message lists those there are.</exception>
    public string Render(string name, string language, DateTimeOffset now, IEnumerable<string> toolNames)
    {
        if (QuestionVariables.ContainsKey(name))
        {
            throw new PromptFileException($"The prompt '{name}' stands around a question and cannot be the system prompt. Name another one in Agent:Prompt:Name.");
        }

        var culture = PromptLanguage.CultureOf(language);
        return Render(name, language, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["date"] = culture.FormatDate(now),
            ["weekday"] = culture.WeekdayOf(now),
            ["tools"] = string.Join(culture.ListSeparator, toolNames),
        });
    }

    /// <summary>Fills in a prompt.</summary>
    /// <param name="name">Its name, for example <c>passages</c>.</param>
    /// <param name="language">Its language, for example <c>zh</c>.</param>
    /// <param name="values">The values of its variables; inserted as they are.</param>
    /// <exception cref="PromptFileException">There is no such prompt; the message lists those there are.</exception>
    /// <exception cref="KeyNotFoundException">A variable has no value.</exception>
    public string Render(string name, string language, IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (!_prompts.TryGetValue((name, language), out var prompt))
        {
            var there = string.Join(", ", _prompts.Keys.Select(p => $"{p.Name}.{p.Language}.md").Order(StringComparer.Ordinal));
            throw new PromptFileException($"There is no prompt '{name}.{language}.md' in '{Directory}', which holds {(there.Length == 0 ? "no prompt" : there)}. Add the file, or correct Agent:Prompt:Name and Agent:Prompt:Language.");
        }

        return prompt.Render(values);
    }

    private static PromptTemplate Read(string file, string name)
    {
        if (!QuestionVariables.TryGetValue(name, out var required))
        {
            return PromptTemplate.Parse(File.ReadAllText(file), file, SystemVariables);
        }

        var prompt = PromptTemplate.Parse(File.ReadAllText(file), file, required);
        return required.FirstOrDefault(variable => !prompt.Variables.Contains(variable)) is { } missing
            ? throw new PromptFileException($"{file}: the variable '{{{{{missing}}}}}' does not occur. Write it where the {missing} {(missing == "passages" ? "are" : "is")} to stand.")
            : prompt;
    }
}
