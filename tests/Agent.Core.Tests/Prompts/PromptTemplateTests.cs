using Agent.Core.Prompts;

namespace Agent.Core.Tests.Prompts;

public class PromptTemplateTests
{
    private static readonly string[] Known = ["date", "tools"];

    [Fact]
    public void Variables_are_filled_in_and_values_are_not_read_again()
    {
        var prompt = PromptTemplate.Parse("On {{date}} use {{ tools }}. {not this}\r\n", "p.md", Known);

        var text = prompt.Render(new Dictionary<string, string> { ["date"] = "{{tools}}", ["tools"] = "a, b" });

        Assert.Equal("On {{tools}} use a, b. {not this}", text);
    }

    [Theory]
    [InlineData("one\ntwo {{dat}}", "p.md:2: there is no variable 'dat'. The variables are {{date}}, {{tools}}.")]
    [InlineData("{{date", "p.md:1: '{{' is not closed by '}}'. Close the variable, or use single braces for plain text.")]
    public void A_mistake_names_its_line_and_the_fix(string text, string message)
    {
        var error = Assert.Throws<PromptFileException>(() => PromptTemplate.Parse(text, "p.md", Known));

        Assert.Equal(message, error.Message);
    }
}
