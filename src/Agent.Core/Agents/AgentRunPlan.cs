using Agent.Core.Agents.Approvals;
using Agent.Core.Retrieval.Injection;
using Agent.Core.Schemas;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>A request as it was when the run was asked for; later changes by the caller do not reach it.</summary>
internal sealed class AgentRunPlan
{
    private readonly AITool[] _tools;

    /// <exception cref="ArgumentException">The request is not usable; the message says what to change.</exception>
    /// <exception cref="JsonSchemaException">The schema of a tool cannot be enforced as written.</exception>
    public AgentRunPlan(IEnumerable<ChatMessage> messages, AgentRequest request, AgentLimits limits, ITextMask? mask, PassageInjector? passages)
    {
        if (request.Options?.Tools is { Count: > 0 })
        {
            throw new ArgumentException(
                "AgentRequest.Options.Tools must be empty; give the tools in AgentRequest.Tools.", nameof(request));
        }

        limits.Validate();
        Limits = limits;
        Mask = mask;
        Passages = passages;
        Messages = [.. messages];
        Options = request.Options?.Clone();
        Streaming = request.Streaming;
        Services = request.Services;
        RunId = request.RunId ?? Guid.NewGuid().ToString("N");
        RunState = request.RunState ?? new();
        _tools = [.. request.Tools];
        Approvals = ApprovalTranscript.Open(Messages, isPart: Options?.ConversationId is not null);

        // Where the caller switched tools off, a call that comes all the same finds none.
        var catalog = new ToolCatalog(_tools);
        Catalog = Options?.ToolMode is NoneChatToolMode ? new ToolCatalog([]) : catalog;
    }

    public AgentLimits Limits { get; }

    /// <summary>Hides secrets in events and logs; null where nothing is hidden.</summary>
    public ITextMask? Mask { get; }

    /// <summary>Finds passages for the question; null where none are wanted.</summary>
    public PassageInjector? Passages { get; }

    public IReadOnlyList<ChatMessage> Messages { get; }

    public ChatOptions? Options { get; }

    public bool Streaming { get; }

    public IServiceProvider? Services { get; }

    public ToolCatalog Catalog { get; }

    /// <summary>A name of this run that no other run has.</summary>
    public string RunId { get; }

    /// <summary>What functions remember for the length of the run.</summary>
    public ToolRunState RunState { get; }

    /// <summary>The calls of earlier runs that waited for approval, answered or not.</summary>
    public IReadOnlyList<OpenApproval> Approvals { get; }

    /// <summary>The options of one model call, made anew so that no client can change those of another.</summary>
    public ChatOptions OptionsFor(int round, bool isLastRound, string? conversationId)
    {
        var options = Options?.Clone() ?? new ChatOptions();
        if (_tools.Length > 0)
        {
            options.Tools = [.. _tools];
        }

        if (isLastRound && _tools.Length > 0)
        {
            options.ToolMode = ChatToolMode.None;
        }
        else if (round > 1 && options.ToolMode is RequiredChatToolMode)
        {
            options.ToolMode = ChatToolMode.Auto;
        }

        if (round > 1)
        {
            options.ConversationId = conversationId;
            options.ContinuationToken = null;
        }

        return options;
    }
}
