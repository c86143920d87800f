using Microsoft.Extensions.AI;

namespace Agent.Core.Agents;

/// <summary>The remarks of a run's tool results, which no answer may leave out.</summary>
internal sealed class AnswerNotices
{
    private readonly List<string> _notices = [];

    /// <summary>Takes the remarks of further results; one that is known already counts once.</summary>
    public void Add(IEnumerable<string> notices) => _notices.AddRange(notices.Except(_notices, StringComparer.Ordinal));

    /// <summary>Adds to an answer the remarks that the model has not passed on.</summary>
    /// <param name="answer">The client's response, which stays as it is.</param>
    /// <param name="events">Receives what was added, as text of the answer.</param>
    /// <returns>What the transcript gets, which is what the user saw; the response itself where nothing was missing.</returns>
    public ChatResponse Complete(ChatResponse answer, Queue<AgentEvent> events)
    {
        var said = answer.Text;
        var missing = _notices.Where(notice => !said.Contains(notice, StringComparison.OrdinalIgnoreCase)).ToList();
        if (missing.Count == 0 || answer.Messages.Count == 0)
        {
            return answer;
        }

        var text = string.Concat(missing.Select(notice => $"\n[{notice}]"));
        events.Enqueue(new AgentTextDelta(text));
        var last = answer.Messages[^1].Clone();
        last.Contents = [.. last.Contents, new TextContent(text)];
        return answer.WithMessages([.. answer.Messages.SkipLast(1), last]);
    }
}
