using Agent.Core.Prompts;
using Agent.Testing;

namespace Agent.Core.Tests.Prompts;

public class PromptLibraryTests
{
    private static readonly DateTimeOffset Friday = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_prompts_that_ship_are_sound_and_tell_the_date()
    {
        var library = PromptLibrary.Load(Path.Combine(Repository.Root, "prompts"));

        Assert.Contains("今天是2026年11月20日，星期五", library.Render("system", "zh", Friday, ["a"]), StringComparison.Ordinal);
        Assert.Contains("Today is Friday, 2026-11-20", library.Render("system", "en", Friday, ["a"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_prompt_lists_those_there_are()
    {
        var library = PromptLibrary.Load(Path.Combine(Repository.Root, "prompts"));

        var error = Assert.Throws<PromptFileException>(() => library.Render("system", "fr", Friday, []));

        Assert.Contains("There is no prompt 'system.fr.md'", error.Message, StringComparison.Ordinal);
        Assert.Contains("system.en.md, system.zh.md", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("passages.en.md", "Passages: {{passages}}", "the variable '{{question}}' does not occur")]
    [InlineData("passages.en.md", "{{passages}} {{question}} {{date}}", "there is no variable 'date'")]
    [InlineData("no_passages.en.md", "Nothing.", "the variable '{{question}}' does not occur")]
    [InlineData("system.en.md", "{{question}}", "there is no variable 'question'")]
    public void A_prompt_has_the_variables_of_its_kind(string file, string text, string expected)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, file), text);
            Assert.Contains(expected, Assert.Throws<PromptFileException>(() => PromptLibrary.Load(folder.FullName)).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_prompt_around_passages_is_no_system_prompt()
    {
        var library = PromptLibrary.Load(Path.Combine(Repository.Root, "prompts"));

        Assert.Contains("cannot be the system prompt", Assert.Throws<PromptFileException>(() => library.Render("passages", "en", Friday, [])).Message, StringComparison.Ordinal);
        Assert.Equal(
            "Passages:\nP {{question}}\n\nQuestion: Q\nAnswer from the passages only and cite them as [n].",
            library.Render("passages", "en", new Dictionary<string, string> { ["passages"] = "P {{question}}", ["question"] = "Q" }));
    }

    [Theory]
    [InlineData("广州天气怎么样?", "zh")]
    [InlineData("What is the weather in Paris?", "en")]
    [InlineData("", "en")]
    public void The_language_of_a_text_is_told_by_its_characters(string text, string language) =>
        Assert.Equal(language, PromptLanguage.Detect(text));
}
