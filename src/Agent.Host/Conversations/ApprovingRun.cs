using System.Runtime.CompilerServices;
using Agent.Core.Agents;
using Agent.Host.Terminal;
using Microsoft.Extensions.AI;

namespace Agent.Host.Conversations;

/// <summary>A run that asks whoever sits at the console where a call needs approval, and goes on with the answers as if it were one.</summary>
internal static class ApprovingRun
{
    /// <summary>Runs until there is nothing left to approve.</summary>
    /// <param name="loop">Runs.</param>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="request">What the run may use.</param>
    /// <param name="prompt">Asks; null where nobody can be asked, so that the run ends with what waits.</param>
    /// <param name="cancellationToken">Stops the run, or the waiting for an answer.</param>
    /// <returns>The events, with one <see cref="AgentFinished"/> at the end that adds up all parts.</returns>
    public static async IAsyncEnumerable<AgentEvent> RunAsync(
        AgentLoop loop,
        IReadOnlyList<ChatMessage> messages,
        AgentRequest request,
        IApprovalPrompt? prompt,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        AgentFinished? total = null;

        // Else the limits would begin anew with each answer, and nothing would end a model that asks on and on.
        request = request with { RunState = request.RunState ?? new ToolRunState() };
        HashSet<string> shown = new(StringComparer.Ordinal);
        while (true)
        {
            List<ChatMessage> transcript = [.. messages, .. total?.NewMessages ?? []];
            await foreach (var next in loop.RunAsync(transcript, request, cancellationToken))
            {
                if (next is AgentFinished finished)
                {
                    total = total is null ? finished : Add(total, finished);
                }
                else if (next is not AgentToolCallRequested call || shown.Add(call.CallId))
                {
                    yield return next;
                }
            }

            if (prompt is null || total!.Reason != AgentFinishReason.ApprovalRequired)
            {
                break;
            }

            List<AIContent> answers = [];
            foreach (var open in total.PendingApprovals)
            {
                answers.Add(await prompt.AskAsync(open, cancellationToken));
            }

            total = total with { NewMessages = [.. total.NewMessages, new ChatMessage(ChatRole.User, answers)] };
        }

        yield return total!;
    }

    private static AgentFinished Add(AgentFinished before, AgentFinished last)
    {
        var usage = new UsageDetails();
        usage.Add(before.Usage);
        usage.Add(last.Usage);
        var (first, next) = (before.Timings, last.Timings);
        return last with
        {
            Usage = usage,
            NewMessages = [.. before.NewMessages, .. last.NewMessages],
            Rounds = before.Rounds + last.Rounds,
            Duration = before.Duration + last.Duration,
            Timings = new AgentTimings(
                first.TimeToFirstToken ?? (before.Duration + next.TimeToFirstToken),
                first.TimeToFirstText ?? (before.Duration + next.TimeToFirstText),
                first.ModelTime + next.ModelTime,
                first.ToolTime + next.ToolTime),
        };
    }
}
