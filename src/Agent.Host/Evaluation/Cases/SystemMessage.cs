using Agent.Core.Prompts;
using Agent.Host.Composition;
using Agent.Host.Configuration;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Cases;

/// <summary>The system message of cases that have none: the prompt of <c>agent ask</c>, or nothing.</summary>
/// <param name="prompts">The prompts; null for no system message.</param>
/// <param name="settings">Name the prompt.</param>
/// <param name="date">The date in it.</param>
internal sealed class SystemMessage(PromptLibrary? prompts, PromptSettings settings, DateTimeOffset date)
{
    /// <summary>The conversation of a case, after the system message.</summary>
    /// <param name="next">The case.</param>
    /// <param name="tools">The names of its tools.</param>
    public IReadOnlyList<ChatMessage> Before(EvaluationCase next, IEnumerable<string> tools) =>
        prompts is null || next.Messages.Any(message => message.Role == ChatRole.System)
            ? next.Messages
            : [new ChatMessage(ChatRole.System, prompts.Render(settings.Name, LanguageOf(next), date, tools)), .. next.Messages];

    private string LanguageOf(EvaluationCase next) => AgentDefinitions.IsAutomatic(settings)
        ? PromptLanguage.Detect(next.Messages.FirstOrDefault(message => message.Role == ChatRole.User)?.Text ?? string.Empty)
        : settings.Language;
}
