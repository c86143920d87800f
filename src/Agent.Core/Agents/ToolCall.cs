using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>One call of the model's turn and, once it has one, its only outcome.</summary>
internal sealed class ToolCall(FunctionCallContent content, JsonElement arguments, string argumentsJson)
{
    private Settlement? _settlement;

    public FunctionCallContent Content { get; } = content;

    public JsonElement Arguments { get; } = arguments;

    public string ArgumentsJson { get; } = argumentsJson;

    /// <summary>The function to run inside the loop; null where there is none to run.</summary>
    public AIFunction? Function { get; init; }

    /// <summary>The request that a person has to answer before the call is carried out; null where nobody is asked, or somebody agreed.</summary>
    public ToolApprovalRequestContent? Approval { get; init; }

    /// <summary>Whether the call is carried out inside the loop now.</summary>
    public bool Runs => Function is not null && Approval is null;

    /// <summary>The execution; completed from the start where nothing runs. Never faults.</summary>
    public Task Execution { get; set; } = Task.CompletedTask;

    /// <summary>Whether the finished event was handed out.</summary>
    public bool Reported { get; set; }

    public ToolOutcome? Outcome => Volatile.Read(ref _settlement)?.Outcome;

    public TimeSpan Duration => Volatile.Read(ref _settlement)?.Duration ?? TimeSpan.Zero;

    /// <summary>The same call, waiting for a person.</summary>
    public ToolCall WaitForApproval(ToolApprovalRequestContent? request = null) => new(Content, Arguments, ArgumentsJson)
    {
        Function = Function,
        Approval = request ?? new ToolApprovalRequestContent($"approval_{Guid.NewGuid():N}", Content),
    };

    /// <summary>Sets the outcome. The first one counts: an abandoned tool that ends later changes nothing.</summary>
    public bool TrySettle(ToolOutcome outcome, TimeSpan duration) =>
        Interlocked.CompareExchange(ref _settlement, new(outcome, duration), comparand: null) is null;

    private sealed record Settlement(ToolOutcome Outcome, TimeSpan Duration);
}
