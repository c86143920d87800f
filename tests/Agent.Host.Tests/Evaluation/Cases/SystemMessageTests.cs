using Agent.Core.Prompts;
using Agent.Host.Configuration;
using Agent.Host.Evaluation.Cases;
using Agent.Testing;
using Microsoft.Extensions.AI;

namespace Agent.Host.Tests.Evaluation.Cases;

public sealed class SystemMessageTests
{
    private static readonly DateTimeOffset Date = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);
    private static readonly PromptLibrary Prompts = PromptLibrary.Load(Path.Combine(Repository.Root, "prompts"));

    [Fact]
    public void Product_prompt_comes_first_in_the_language_of_the_first_question()
    {
        // What the model has said before does not decide it.
        var next = WordCase.Of("a") with { Messages = [new(ChatRole.Assistant, "你好，请问有什么可以帮您？"), new(ChatRole.User, "Where do the boats leave?"), new(ChatRole.User, "在哪里？")] };

        var messages = new SystemMessage(Prompts, new PromptSettings(), Date).Before(next, ["look"]);

        Assert.Equal([ChatRole.System, ChatRole.Assistant, ChatRole.User, ChatRole.User], messages.Select(message => message.Role));
        Assert.Equal(Prompts.Render("system", "en", Date, ["look"]), messages[0].Text);
    }

    [Fact]
    public void Language_of_the_settings_comes_before_that_of_the_question() =>
        Assert.Equal(Prompts.Render("system", "zh", Date, []), new SystemMessage(Prompts, new PromptSettings { Language = "zh" }, Date).Before(WordCase.Of("hello"), [])[0].Text);

    [Fact]
    public void Case_with_a_system_message_keeps_it()
    {
        var next = WordCase.Of("a") with { Messages = [new(ChatRole.User, "hello"), new(ChatRole.System, "Be brief."), new(ChatRole.User, "again")] };

        Assert.Same(next.Messages, new SystemMessage(Prompts, new PromptSettings(), Date).Before(next, []));
    }

    [Fact]
    public void Without_prompts_nothing_is_added()
    {
        var next = WordCase.Of("a");

        Assert.Same(next.Messages, new SystemMessage(prompts: null, new PromptSettings(), Date).Before(next, []));
    }
}
