using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Support;

/// <summary>Short forms that many tests use.</summary>
internal static class ToolCalls
{
    public static AIFunctionArguments Arguments(string json) =>
        new(JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!.ToDictionary(pair => pair.Key, pair => (object?)pair.Value));

    /// <summary>Calls a tool and gives its result as text.</summary>
    public static async Task<string> CallAsync(this ToolRegistry registry, string name, string argumentsJson = "{}", CancellationToken cancellationToken = default)
    {
        Assert.True(registry.TryGet(name, out var tool));
        var result = await tool.InvokeAsync(Arguments(argumentsJson), cancellationToken);
        return result switch
        {
            JsonElement element => element.GetRawText(),
            TextContent content => content.Text,
            _ => (string)result!,
        };
    }

    public static async Task<string> FailAsync(this ToolRegistry registry, string name, string argumentsJson = "{}") =>
        (await Assert.ThrowsAnyAsync<ToolException>(() => registry.CallAsync(name, argumentsJson))).Message;

    /// <summary>The problems of a text, one line each.</summary>
    public static async Task<string[]> ProblemsAsync(this ToolRegistryBuilder builder)
    {
        var exception = await Assert.ThrowsAsync<ToolsFileException>(() => builder.BuildAsync());
        return exception.Message.Split('\n');
    }
}
