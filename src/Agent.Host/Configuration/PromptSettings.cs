namespace Agent.Host.Configuration;

/// <summary>Which prompt the model is given.</summary>
internal sealed record PromptSettings
{
    /// <summary>The language setting that takes that of the question.</summary>
    public const string AutomaticLanguage = "auto";

    /// <summary>The folder of the prompt files; looked up as <see cref="ModelSettings.Path"/>.</summary>
    public string Directory { get; init; } = "prompts";

    /// <summary>Name of the prompt, the file name up to the language.</summary>
    public string Name { get; init; } = "system";

    /// <summary>A language that the prompt has a file for, or <c>auto</c>.</summary>
    public string Language { get; init; } = AutomaticLanguage;
}
