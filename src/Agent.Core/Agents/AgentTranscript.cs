using Agent.Core.Agents.Approvals;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>The messages of one run: the caller's, which stay as they are, and those that the run adds.</summary>
internal sealed class AgentTranscript(IReadOnlyList<ChatMessage> messages, string? conversationId)
{
    private readonly List<ChatMessage> _added = [];
    private IReadOnlyList<ChatMessage> _given = messages;
    private int _knownToService;
    private bool _serviceKeepsHistory;

    /// <summary>The conversation that the service keeps; null where it keeps none.</summary>
    public string? ConversationId { get; private set; } = conversationId;

    public IReadOnlyList<ChatMessage> Added => [.. _added];

    /// <summary>What the next model call is given: everything, or what a service that keeps the history has not seen.</summary>
    public IReadOnlyList<ChatMessage> Outgoing
    {
        get
        {
            IReadOnlyList<ChatMessage> all = _serviceKeepsHistory ? [.. _added.Skip(_knownToService)] : [.. _given, .. _added];
            return ApprovalTranscript.Concerns(all) ? ApprovalTranscript.ForModel(all) : all;
        }
    }

    /// <summary>Gives the model the caller's messages in another form from now on; what the run adds stays the same.</summary>
    public void PresentAs(IReadOnlyList<ChatMessage> presented) => _given = presented;

    /// <summary>Adds the results of calls that an earlier run left waiting.</summary>
    public void AddResumed(ChatMessage? results)
    {
        if (results is not null)
        {
            _added.Add(results);
        }
    }

    /// <summary>Adds a round: the model's messages and the results of its calls.</summary>
    /// <param name="response">The model's turn.</param>
    /// <param name="complete">Whether the turn was read to its end; a part may lack the conversation's id.</param>
    /// <param name="results">The results; null where there are none.</param>
    public void Add(ChatResponse response, bool complete, ChatMessage? results)
    {
        _added.AddRange(response.Messages.Where(m => m.Contents.Count > 0));
        _serviceKeepsHistory = response.ConversationId is not null;
        ConversationId = response.ConversationId ?? (complete ? null : ConversationId);
        _knownToService = _added.Count;
        if (results is not null)
        {
            _added.Add(results);
        }
    }
}
