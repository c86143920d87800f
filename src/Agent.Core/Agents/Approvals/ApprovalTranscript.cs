using Microsoft.Extensions.AI;

namespace Agent.Core.Agents.Approvals;

/// <summary>
/// Reads requests and answers out of a transcript, and takes both out of what the model is given. The transcript is all there is to
/// keep: a request stands beside its call, so that a stored conversation can be answered after a restart.
/// </summary>
internal static class ApprovalTranscript
{
    /// <summary>Whether a transcript holds requests or answers at all.</summary>
    public static bool Concerns(IEnumerable<ChatMessage> messages) => messages.Any(message => message.Contents.Any(IsApproval));

    /// <summary>The requests whose calls have no result, in order of their calls.</summary>
    /// <param name="messages">The transcript.</param>
    /// <param name="isPart">Whether the messages are only the newest of a history that a service keeps: then an answer brings its call along.</param>
    /// <exception cref="ArgumentException">An answer belongs to no request of the transcript, or a request to more than one call.</exception>
    public static IReadOnlyList<OpenApproval> Open(IReadOnlyList<ChatMessage> messages, bool isPart)
    {
        if (!Concerns(messages))
        {
            return [];
        }

        var results = RequestedResults.Of(messages);
        var responses = Responses(messages);
        var lastWords = messages.Count - 1;
        while (lastWords >= 0 && !IsUserText(messages[lastWords]))
        {
            lastWords--;
        }

        var known = new HashSet<string>(StringComparer.Ordinal);
        var requests = new OrderedDictionary<string, OpenApproval>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            foreach (var request in messages[i].Contents.OfType<ToolApprovalRequestContent>())
            {
                if (CallOf(messages[i], request) is { } call)
                {
                    known.Add(request.RequestId);
                    if (results.Find(i, call.CallId) is null)
                    {
                        requests[request.RequestId] = Decide(request, call, responses.GetValueOrDefault(request.RequestId).Response, userWentOn: i < lastWords);
                    }
                }
            }
        }

        foreach (var (id, (at, response)) in responses.Where(response => !known.Contains(response.Key)))
        {
            if (!isPart || response.ToolCall is not FunctionCallContent call)
            {
                throw new ArgumentException($"The messages answer the approval request '{id}', but do not hold it. Pass the transcript that the run returned, then the answer.", nameof(messages));
            }

            if (!messages.Skip(at).SelectMany(message => message.Contents).OfType<FunctionResultContent>().Any(result => result.CallId == call.CallId))
            {
                requests[id] = Decide(new ToolApprovalRequestContent(id, call), call, response, userWentOn: false);
            }
        }

        return [.. requests.Values];
    }

    /// <summary>The transcript as a model reads it: without requests and answers, each turn's results right after its calls and in their order.</summary>
    public static IReadOnlyList<ChatMessage> ForModel(IReadOnlyList<ChatMessage> messages)
    {
        var results = RequestedResults.Of(messages);
        var output = new List<ChatMessage>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i];
            List<AIContent> kept = [.. message.Contents.Where(c => !IsApproval(c) && !results.Contains(c))];
            if (kept.Count == message.Contents.Count)
            {
                output.Add(message);
            }
            else if (kept.Count > 0)
            {
                var clone = message.Clone();
                clone.Contents = kept;
                output.Add(clone);
            }

            List<AIContent> own = [.. Calls(message).Select(call => results.Find(i, call.CallId)).OfType<FunctionResultContent>().Distinct()];
            if (own.Count > 0)
            {
                output.Add(new ChatMessage(ChatRole.Tool, own));
            }
        }

        return output;
    }

    /// <summary>Puts requests beside their calls. The client's own messages stay as they are.</summary>
    public static ChatResponse WithRequests(ChatResponse response, IReadOnlyList<ToolApprovalRequestContent> requests)
    {
        if (requests.Count == 0)
        {
            return response;
        }

        var messages = response.Messages.Select(message =>
        {
            var own = requests.Where(request => Calls(message).Any(call => call.CallId == request.ToolCall.CallId)).ToList();
            if (own.Count == 0)
            {
                return message;
            }

            var clone = message.Clone();
            clone.Contents = [.. message.Contents, .. own];
            return clone;
        });
        return response.WithMessages([.. messages]);
    }

    private static Dictionary<string, (int At, ToolApprovalResponseContent Response)> Responses(IReadOnlyList<ChatMessage> messages)
    {
        var responses = new Dictionary<string, (int, ToolApprovalResponseContent)>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            foreach (var response in messages[i].Contents.OfType<ToolApprovalResponseContent>())
            {
                // The first answer counts: whoever was asked twice does not undo what was carried out.
                responses.TryAdd(response.RequestId, (i, response));
            }
        }

        return responses;
    }

    private static OpenApproval Decide(ToolApprovalRequestContent request, FunctionCallContent call, ToolApprovalResponseContent? response, bool userWentOn)
    {
        var decision = response switch
        {
            { Approved: true } => ApprovalDecision.Approved,
            { Approved: false } => ApprovalDecision.Declined,
            null when userWentOn => ApprovalDecision.Withdrawn,
            null => ApprovalDecision.Pending,
        };
        return new OpenApproval(request, call, decision, string.IsNullOrWhiteSpace(response?.Reason) ? null : response.Reason.Trim());
    }

    /// <summary>The call as the model wrote it; what the request or an answer says of it does not count.</summary>
    private static FunctionCallContent? CallOf(ChatMessage message, ToolApprovalRequestContent request)
    {
        List<FunctionCallContent> calls = [.. Calls(message).Where(call => call.CallId == request.ToolCall.CallId)];
        return calls.Count <= 1
            ? calls.FirstOrDefault()
            : throw new ArgumentException(
                $"The approval request '{request.RequestId}' may mean more than one call with the id '{ToolName.ForDisplay(request.ToolCall.CallId)}', so nobody can agree to it. Give each call of the message an id of its own, or leave that turn out.",
                nameof(message));
    }

    private static IEnumerable<FunctionCallContent> Calls(ChatMessage message) => message.Contents.OfType<FunctionCallContent>();

    private static bool IsApproval(AIContent content) => content is ToolApprovalRequestContent or ToolApprovalResponseContent;

    private static bool IsUserText(ChatMessage message) => message.Role == ChatRole.User && message.Contents.Any(content => !IsApproval(content));
}
