using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Core.Tests.Testing;

/// <summary>What a scripted model does in one round, step by step. Each step is one update of the stream.</summary>
internal sealed class ScriptedRound
{
    private readonly List<Func<CancellationToken, Task<ChatResponseUpdate?>>> _steps = [];

    public IReadOnlyList<Func<CancellationToken, Task<ChatResponseUpdate?>>> Steps => _steps;

    public ScriptedRound Text(string text) => Content(new TextContent(text));

    public ScriptedRound Content(AIContent content) => Update(new(ChatRole.Assistant, [content]));

    public ScriptedRound Call(string callId, string name, object? arguments = null) => Content(CallContent(callId, name, arguments));

    public ScriptedRound Usage(int input, int output, int cached = 0) => Content(new UsageContent(new()
    {
        InputTokenCount = input,
        OutputTokenCount = output,
        TotalTokenCount = input + output,
        CachedInputTokenCount = cached,
    }));

    public ScriptedRound Finish(ChatFinishReason reason) => Update(new() { FinishReason = reason });

    public ScriptedRound Conversation(string id) => Update(new() { ConversationId = id });

    public ScriptedRound Update(ChatResponseUpdate update)
    {
        _steps.Add(_ => Task.FromResult<ChatResponseUpdate?>(update));
        return this;
    }

    /// <summary>Waits for a task, ending early when the round is cancelled.</summary>
    public ScriptedRound Wait(Task task) => Do(token => task.WaitAsync(token));

    /// <summary>Waits for a task and ignores cancellation, as a broken client does.</summary>
    public ScriptedRound WaitStubbornly(Task task) => Do(_ => task);

    /// <summary>Waits until the round is cancelled.</summary>
    public ScriptedRound Hang() => Do(token => Task.Delay(Timeout.Infinite, token));

    public ScriptedRound Throw(Exception exception) => Do(_ => Task.FromException(exception));

    public ScriptedRound Do(Func<CancellationToken, Task> action)
    {
        _steps.Add(async token =>
        {
            await action(token);
            return null;
        });
        return this;
    }

    public static FunctionCallContent CallContent(string callId, string name, object? arguments = null) =>
        new(callId, name, arguments is null
            ? null
            : JsonSerializer.SerializeToElement(arguments, arguments.GetType()).EnumerateObject()
                .ToDictionary(p => p.Name, p => (object?)p.Value));
}
