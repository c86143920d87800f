using System.Runtime.CompilerServices;
using Agent.Core.Agents;
using Agent.Host.Composition;
using Agent.Host.Terminal;
using Microsoft.Extensions.AI;

namespace Agent.Host.Conversations;

/// <summary>A conversation: history, and what it cost. A turn that fails or is cancelled leaves no trace. Not thread-safe.</summary>
internal sealed class Conversation : IDisposable
{
    private readonly AgentRuntime _agent;
    private readonly IApprovalPrompt? _approval;
    private readonly AgentLoop _loop;
    private readonly HistoryWindowChatClient _window;
    private readonly List<ChatMessage> _history = [];
    private string _opening = string.Empty;
    private string[] _toolNames = [];

    public Conversation(AgentRuntime agent, IApprovalPrompt? approval)
    {
        _agent = agent;
        _approval = approval;
        _window = new HistoryWindowChatClient(agent.Client, agent.Engine.ContextTokens);
        _loop = agent.CreateLoop(_window);
    }

    /// <summary>Turns that ended with an answer or at a limit.</summary>
    public int Turns { get; private set; }

    /// <summary>Of these, the turns that no longer fit the context and were forgotten.</summary>
    public int DroppedTurns { get; private set; }

    /// <summary>Tokens over all turns.</summary>
    public UsageDetails Usage { get; private set; } = new();

    /// <summary>Tokens that the conversation takes in the context, as of its last round.</summary>
    public long HeldTokens => _window.HeldTokens;

    /// <summary>The messages that the next turn begins with.</summary>
    public IReadOnlyList<ChatMessage> History => _history;

    /// <summary>Takes a turn.</summary>
    public async IAsyncEnumerable<AgentEvent> AskAsync(string question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var tools = _agent.AcquireTools();
        string[] toolNames = [.. tools.Registry.Tools.Select(tool => tool.Name)];
        var opening = _history.Count > 0 ? _opening : question;

        // The prompt is chosen once a conversation: it stands first, and changing it would empty the cache. Other tools have
        // emptied it already, and the prompt may name them.
        ChatMessage first = _history.Count > 0 && toolNames.SequenceEqual(_toolNames, StringComparer.Ordinal)
            ? _history[0]
            : new(ChatRole.System, _agent.SystemPrompt(opening, tools.Registry));
        List<ChatMessage> messages = [first, .. _history.Skip(1), new(ChatRole.User, question)];
        _window.BeginTurn();
        await foreach (var next in ApprovingRun.RunAsync(_loop, messages, _agent.CreateRequest(tools.Registry), _approval, cancellationToken))
        {
            if (next is AgentFinished finished)
            {
                Keep(messages, finished);
                (_opening, _toolNames) = (opening, toolNames);
            }

            yield return next;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _history.Clear();
        _window.Reset();
        Turns = 0;
        DroppedTurns = 0;
        Usage = new UsageDetails();
    }

    public void Dispose() => _window.Dispose();

    private void Keep(List<ChatMessage> messages, AgentFinished finished)
    {
        _history.Clear();
        _history.AddRange(messages);
        _history.AddRange(finished.NewMessages);
        for (var i = 0; i < _window.DroppedTurns; i++)
        {
            HistoryWindowChatClient.DropOldestTurn(_history);
        }

        Turns++;
        DroppedTurns += _window.DroppedTurns;
        Usage.Add(finished.Usage);
    }
}
