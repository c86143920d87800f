using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Suites;

/// <summary>Reads a conversation in OpenAI's wire form.</summary>
internal static class CaseMessageReader
{
    /// <summary>Reads the messages; what is wrong is reported.</summary>
    public static IReadOnlyList<ChatMessage> Read(SuiteNode node)
    {
        List<ChatMessage> messages = [];
        var calls = new Dictionary<string, string>(StringComparer.Ordinal);
        var items = node.Items();
        foreach (var item in items)
        {
            if (ReadOne(item, calls) is { } message)
            {
                messages.Add(message);
            }
        }

        if (items.Count == 0 && node.Kind == JsonValueKind.Array)
        {
            node.Report("there is no message", "Write at least one of the user");
        }
        else if (messages is [.., { } last] && messages.Count == items.Count && last.Role != ChatRole.User && last.Role != ChatRole.Tool)
        {
            items[^1].Report($"the last message is one of the role {last.Role.Value}", "End with a message of the user or of a tool: the model writes the next turn of the assistant");
        }

        return messages;
    }

    private static ChatMessage? ReadOne(SuiteNode node, Dictionary<string, string> calls)
    {
        const string Roles = "The roles are system, user, assistant and tool";
        if (!node.IsObject("role", "content", "tool_calls", "tool_call_id", "name") || node.Require("role", Roles) is not { } role || role.Text() is not { } name)
        {
            return null;
        }

        switch (name)
        {
            case "system" or "developer":
                return new ChatMessage(ChatRole.System, ReadContent(node, isRequired: true));
            case "user":
                return new ChatMessage(ChatRole.User, ReadContent(node, isRequired: true));
            case "assistant":
                return ReadAssistant(node, calls);
            case "tool":
                return ReadResult(node, calls);
            default:
                role.Report($"there is no role \"{name}\"", Roles);
                return null;
        }
    }

    private static ChatMessage ReadAssistant(SuiteNode node, Dictionary<string, string> calls)
    {
        var written = node.Find("tool_calls");
        var text = ReadContent(node, isRequired: written is null);
        List<AIContent> contents = text.Length > 0 ? [new TextContent(text)] : [];
        foreach (var call in written?.Items() ?? [])
        {
            if (ReadCall(call) is { } content)
            {
                contents.Add(content);
                calls[content.CallId] = content.Name;
            }
        }

        return new ChatMessage(ChatRole.Assistant, contents);
    }

    private static FunctionCallContent? ReadCall(SuiteNode node)
    {
        const string Form = "Write {\"id\":...,\"type\":\"function\",\"function\":{\"name\":...,\"arguments\":\"{...}\"}}";
        if (!node.IsObject("id", "type", "function") || node.Require("function", Form) is not { } function || !function.IsObject("name", "arguments"))
        {
            return null;
        }

        var id = node.Require("id", Form)?.Text();
        var name = function.Require("name", Form)?.Text();
        var arguments = function.Require("arguments", Form) is { } given ? ReadArguments(given) : null;
        return id is null || name is null || arguments is null ? null : new FunctionCallContent(id, name, arguments);
    }

    private static Dictionary<string, object?>? ReadArguments(SuiteNode node)
    {
        try
        {
            if (node.Kind == JsonValueKind.String && JsonElement.Parse(node.Element.GetString()!) is { ValueKind: JsonValueKind.Object } arguments)
            {
                return arguments.EnumerateObject().ToDictionary(property => property.Name, object? (property) => property.Value, StringComparer.Ordinal);
            }
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // Reported below, as every other form that is wrong.
        }

        node.Report("this is no JSON object in a string", "Write \"{\\\"city\\\": \\\"Paris\\\"}\", as servers send it");
        return null;
    }

    private static ChatMessage? ReadResult(SuiteNode node, Dictionary<string, string> calls)
    {
        var text = ReadContent(node, isRequired: true);
        if (node.Require("tool_call_id", "Write the id of the call that this is the result of") is not { } reference || reference.Text() is not { } id)
        {
            return null;
        }

        if (!calls.ContainsKey(id))
        {
            reference.Report($"no call before has the id \"{id}\"", calls.Count == 0 ? "Write the assistant's message with the call before it" : $"The calls before are {string.Join(", ", calls.Keys)}");
        }

        return new ChatMessage(ChatRole.Tool, [new FunctionResultContent(id, text)]);
    }

    /// <summary>The text: a string, or parts of the kind text.</summary>
    private static string ReadContent(SuiteNode node, bool isRequired)
    {
        var content = isRequired ? node.Require("content", "Write a string") : node.Find("content");
        switch (content?.Kind)
        {
            case null:
                return string.Empty;
            case JsonValueKind.String:
                return content.Element.GetString()!;
            case JsonValueKind.Array:
                return string.Concat(content.Items().Select(ReadPart));
            default:
                content.Report("this is no text", "Write a string");
                return string.Empty;
        }
    }

    private static string? ReadPart(SuiteNode node)
    {
        if (!node.IsObject("type", "text"))
        {
            return null;
        }

        if (node.Require("type", "Write \"text\"") is { } type && type.Text() is { } kind && kind != "text")
        {
            type.Report($"\"{kind}\" cannot be read", "Only \"text\" can");
        }

        return node.Require("text", "Write the text")?.Text();
    }
}
