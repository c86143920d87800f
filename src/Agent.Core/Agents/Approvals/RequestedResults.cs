using Microsoft.Extensions.AI;

namespace Agent.Core.Agents.Approvals;

/// <summary>
/// The results of the turns in which somebody was asked: the first behind its turn, up to the next call with the same id. An id alone tells
/// nothing, since servers number the calls of every turn alike.
/// </summary>
internal sealed class RequestedResults
{
    private readonly Dictionary<(int Turn, string CallId), FunctionResultContent> _results = [];
    private readonly HashSet<AIContent> _contents = new(ReferenceEqualityComparer.Instance);

    private RequestedResults()
    {
    }

    /// <summary>Reads a transcript.</summary>
    public static RequestedResults Of(IReadOnlyList<ChatMessage> messages)
    {
        var found = new RequestedResults();
        var turns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            var asks = messages[i].Contents.OfType<ToolApprovalRequestContent>().Any();
            foreach (var content in messages[i].Contents)
            {
                if (content is FunctionCallContent call)
                {
                    if (asks)
                    {
                        turns[call.CallId] = i;
                    }
                    else
                    {
                        turns.Remove(call.CallId);
                    }
                }
                else if (content is FunctionResultContent result && turns.TryGetValue(result.CallId, out var turn))
                {
                    found._results.TryAdd((turn, result.CallId), result);
                    found._contents.Add(result);
                }
            }
        }

        return found;
    }

    /// <summary>The result of a call; null where there is none, or where nobody was asked in that turn.</summary>
    /// <param name="turn">The place of the message with the call.</param>
    /// <param name="callId">The call.</param>
    public FunctionResultContent? Find(int turn, string callId) => _results.GetValueOrDefault((turn, callId));

    /// <summary>Whether a content is such a result, or a later one of the same call.</summary>
    public bool Contains(AIContent content) => _contents.Contains(content);
}
