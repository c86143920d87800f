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
    /// <exception cref="ArgumentException">An answer belongs to no request of the transcript.</exception>
    public static IReadOnlyList<OpenApproval> Open(IReadOnlyList<ChatMessage> messages, bool isPart)
    {
        if (!Concerns(messages))
        {
            return [];
        }

        var answered = messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => r.CallId).ToHashSet(StringComparer.Ordinal);
        var responses = Responses(messages);
        var lastWords = messages.Count - 1;
        while (lastWords >= 0 && !IsUserText(messages[lastWords]))
        {
            lastWords--;
        }

        var requests = new Dictionary<string, OpenApproval>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            foreach (var request in messages[i].Contents.OfType<ToolApprovalRequestContent>())
            {
                if (CallOf(messages[i], request) is { } call)
                {
                    requests[request.RequestId] = Decide(request, call, responses.GetValueOrDefault(request.RequestId), userWentOn: i < lastWords);
                }
            }
        }

        foreach (var (id, response) in responses.Where(response => !requests.ContainsKey(response.Key)))
        {
            requests[id] = isPart && response.ToolCall is FunctionCallContent call
                ? Decide(new ToolApprovalRequestContent(id, call), call, response, userWentOn: false)
                : throw new ArgumentException($"The messages answer the approval request '{id}', but do not hold it. Pass the transcript that the run returned, then the answer.", nameof(messages));
        }

        return [.. requests.Values.Where(approval => !answered.Contains(approval.Call.CallId))];
    }

    /// <summary>The transcript as a model reads it: without requests and answers, each turn's results right after its calls and in their order.</summary>
    public static IReadOnlyList<ChatMessage> ForModel(IReadOnlyList<ChatMessage> messages)
    {
        var moved = messages.Where(m => m.Contents.OfType<ToolApprovalRequestContent>().Any()).SelectMany(Calls).Select(c => c.CallId).ToHashSet(StringComparer.Ordinal);
        var results = new Dictionary<string, FunctionResultContent>(StringComparer.Ordinal);
        foreach (var result in messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Where(r => moved.Contains(r.CallId)))
        {
            results.TryAdd(result.CallId, result);
        }

        var output = new List<ChatMessage>(messages.Count);
        foreach (var message in messages)
        {
            List<AIContent> kept = [.. message.Contents.Where(c => !IsApproval(c) && !(c is FunctionResultContent result && moved.Contains(result.CallId)))];
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

            List<AIContent> own = [.. Calls(message).Where(call => moved.Contains(call.CallId) && results.ContainsKey(call.CallId)).Select(call => results[call.CallId])];
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

    private static Dictionary<string, ToolApprovalResponseContent> Responses(IEnumerable<ChatMessage> messages)
    {
        var responses = new Dictionary<string, ToolApprovalResponseContent>(StringComparer.Ordinal);
        foreach (var response in messages.SelectMany(m => m.Contents).OfType<ToolApprovalResponseContent>())
        {
            // The first answer counts: whoever was asked twice does not undo what was carried out.
            responses.TryAdd(response.RequestId, response);
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
    private static FunctionCallContent? CallOf(ChatMessage message, ToolApprovalRequestContent request) =>
        Calls(message).FirstOrDefault(call => call.CallId == request.ToolCall.CallId);

    private static IEnumerable<FunctionCallContent> Calls(ChatMessage message) => message.Contents.OfType<FunctionCallContent>();

    private static bool IsApproval(AIContent content) => content is ToolApprovalRequestContent or ToolApprovalResponseContent;

    private static bool IsUserText(ChatMessage message) => message.Role == ChatRole.User && message.Contents.Any(content => !IsApproval(content));
}
