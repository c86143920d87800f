using Agent.Core.Prompts;

namespace Agent.Core.Retrieval.Injection;

/// <summary>The prompt files around passages, <c>passages</c> and <c>no_passages</c>, with what they look like to a passage. Thread-safe.</summary>
internal sealed class PassagePrompts
{
    private const string WithPassages = "passages";
    private const string WithoutPassages = "no_passages";

    private readonly PromptLibrary _prompts;
    private readonly string? _language;
    private readonly Dictionary<string, PromptFrame> _frames;

    /// <exception cref="PromptFileException">One of the files is missing.</exception>
    public PassagePrompts(PromptLibrary prompts, string? language)
    {
        _prompts = prompts;
        _language = language;
        string[] languages = language is null ? ["en", "zh"] : [language];

        // Rendered once now, so that a missing file is found at the start and not by the first question.
        _frames = languages.ToDictionary(
            name => name,
            name =>
            {
                Render(WithoutPassages, name, string.Empty, string.Empty);
                return PromptFrame.Of((passages, question) => Render(WithPassages, name, passages, question));
            },
            StringComparer.Ordinal);
    }

    public PromptFrame FrameFor(string question) => _frames[LanguageOf(question)];

    public string Render(string question, string passages) =>
        Render(passages.Length == 0 ? WithoutPassages : WithPassages, LanguageOf(question), passages, question);

    private string LanguageOf(string question) => _language ?? PromptLanguage.Detect(question);

    private string Render(string name, string language, string passages, string question) =>
        _prompts.Render(name, language, new Dictionary<string, string>(StringComparer.Ordinal) { ["passages"] = passages, ["question"] = question });
}
