using System.Text.Json;
using Agent.Core.Chat.Template;
using Agent.Core.Inference;
using Microsoft.Extensions.AI;

namespace Agent.Host.Benchmarks.Loads;

/// <summary>How many tokens a conversation of a load has in Qwen2.5's format; another template adds other tokens of its own.</summary>
internal sealed class PromptLength(ITokenizer tokenizer)
{
    private static readonly QwenChatTemplate Template = new();
    private readonly AddedToken[] _added = [.. tokenizer.AddedTokens.Where(token => token.Text.Length > 0)];

    /// <summary>Counts the tokens.</summary>
    /// <param name="messages">The conversation; its texts hold no added token.</param>
    /// <param name="tools">The tools.</param>
    /// <param name="opensAnswer">Whether the opening of the model's answer counts.</param>
    public int Count(IReadOnlyList<ChatMessage> messages, IReadOnlyList<AIFunctionDeclaration> tools, bool opensAnswer)
    {
        var text = string.Concat(Template.Render([.. messages.Select(Map)], [.. tools.Select(Definition)], opensAnswer).Select(segment => segment.Text));
        var (count, ids, from, at) = (0, new List<int>(), 0, 0);
        while (at < text.Length)
        {
            var literal = Array.Find(_added, token => string.CompareOrdinal(text, at, token.Text, 0, token.Text.Length) == 0);
            if (literal is null)
            {
                at++;
                continue;
            }

            tokenizer.Encode(text.AsSpan(from, at - from), ids);
            count++;
            from = at += literal.Text.Length;
        }

        tokenizer.Encode(text.AsSpan(from), ids);
        return count + ids.Count;
    }

    private static TemplateMessage Map(ChatMessage message) => message.Contents[0] switch
    {
        FunctionCallContent call => new TemplateMessage(message.Role.Value, null, [new TemplateToolCall(call.Name, JsonSerializer.SerializeToElement(call.Arguments))]),
        FunctionResultContent result => new TemplateMessage(message.Role.Value, (string)result.Result!),
        _ => new TemplateMessage(message.Role.Value, message.Text),
    };

    private static JsonElement Definition(AIFunctionDeclaration tool) =>
        JsonSerializer.SerializeToElement(new { type = "function", function = new { name = tool.Name, description = tool.Description, parameters = tool.JsonSchema } });
}
