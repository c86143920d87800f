using Agent.Core.Agents;
using Microsoft.Extensions.AI;
using static Agent.Core.Tests.Agents.AgentLoopHarness;

namespace Agent.Core.Tests.Agents;

/// <summary>Tools of which one needs consent, and what they did.</summary>
internal sealed class ApprovalTools
{
    /// <summary>What was carried out, in order.</summary>
    public List<string> Ran { get; } = [];

    /// <summary>The idempotency keys of what needed consent.</summary>
    public List<string> Keys { get; } = [];

    /// <summary>A person's answer to all that waits.</summary>
    public static ChatMessage Answer(AgentFinished finished, bool approved, string? reason = null) =>
        new(ChatRole.User, [.. finished.PendingApprovals.Select(AIContent (request) => request.CreateResponse(approved, reason))]);

    /// <summary>A tool that needs no consent.</summary>
    public static AIFunction Look(List<string>? ran = null) => RawTool("look", (_, _) =>
    {
        lock (ran ?? [])
        {
            ran?.Add("look");
        }

        return ValueTask.FromResult<object?>("seen");
    });

    /// <summary>A tool that needs consent, one that does not, and one of the caller.</summary>
    public AITool[] All() =>
    [
        new ApprovalRequiredAIFunction(RawTool("pay", (arguments, _) =>
        {
            Assert.True(ToolCallContext.TryGet(arguments, out var context));
            lock (Ran)
            {
                Keys.Add(context.IdempotencyKey);
                Ran.Add($"pay {arguments["amount"]}");
            }

            return ValueTask.FromResult<object?>($"paid {arguments["amount"]}");
        })),
        Look(Ran),
        Tool("outside", () => "unused").AsDeclarationOnly(),
    ];

    /// <summary>Goes on with a run that ended, with an answer and what came after it.</summary>
    public async Task<(List<AgentEvent> Events, AgentFinished Finished)> ContinueAsync(IChatClient client, AgentFinished first, ChatMessage answer, IEnumerable<ChatMessage>? later = null)
    {
        List<AgentEvent> events = [];
        await foreach (var next in new AgentLoop(client).RunAsync([.. Question, .. first.NewMessages, answer, .. later ?? []], new() { Tools = All() }).Guarded())
        {
            events.Add(next);
        }

        return (events, Assert.IsType<AgentFinished>(events[^1]));
    }
}
