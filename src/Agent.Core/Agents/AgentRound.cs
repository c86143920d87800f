using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Agents;

/// <summary>
/// One round of a run: the model's turn, read update by update, and its calls, which start while it is read. Used by the
/// reader of the run only.
/// </summary>
/// <param name="number">The number of the round, those of the run's earlier parts included.</param>
/// <param name="model">The model's turn.</param>
/// <param name="tools">The calls; belong to this object from now on.</param>
/// <param name="cancellation">What ends the run before its time.</param>
/// <param name="meter">Counts what the round takes.</param>
/// <param name="grace">How long what was cancelled is waited for.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The run's log.</param>
internal sealed class AgentRound(
    int number, ModelTurn model, ToolTurn tools, RunCancellation cancellation, AgentMeter meter, TimeSpan grace, TimeProvider time, ILogger logger)
    : IDisposable
{
    private bool _contentFiltered;

    /// <summary>The calls of the round.</summary>
    public ToolTurn Tools => tools;

    /// <summary>Goes on until there is something to report or the round is over.</summary>
    /// <param name="events">Receives what happened; empty when called.</param>
    public async Task<RoundStatus> AdvanceAsync(Queue<AgentEvent> events)
    {
        tools.Report(events);
        if (events.Count > 0)
        {
            return RoundStatus.Running;
        }

        Task[] running = [.. tools.Running];
        if (model.Ended && (running.Length == 0 || _contentFiltered))
        {
            return RoundStatus.Ended;
        }

        if (cancellation.IsRequested)
        {
            return RoundStatus.Cancelled;
        }

        if (model.Ended)
        {
            await Task.WhenAny([cancellation.Requested, .. running]).ConfigureAwait(false);
            return RoundStatus.Running;
        }

        var read = model.Read;
        if (!read.IsCompleted)
        {
            await Task.WhenAny([cancellation.Requested, read, .. running]).ConfigureAwait(false);
        }

        return read.IsCompleted ? await TakeUpdateAsync(events).ConfigureAwait(false) : RoundStatus.Running;
    }

    /// <summary>What the model wrote so far; after its end, the whole response.</summary>
    public ChatResponse ToResponse() => model.ToResponse();

    /// <summary>Why the run ends with this round; null where the model is asked again.</summary>
    /// <param name="response">The model's response.</param>
    /// <param name="repeatsItself">Whether the model made the same call again and again.</param>
    /// <param name="isLast">Whether there may be no further round.</param>
    public AgentFinishReason? FinishReason(ChatResponse response, bool repeatsItself, bool isLast) =>
        _contentFiltered || response.FinishReason == ChatFinishReason.ContentFilter ? AgentFinishReason.ContentFiltered
        : tools.HasCalls && cancellation.IsTimeUp ? AgentFinishReason.TimeLimit
        : repeatsItself ? AgentFinishReason.RepeatedCall
        : isLast && tools.HasCalls ? AgentFinishReason.RoundLimit
        : tools.PendingApprovals.Count > 0 ? AgentFinishReason.ApprovalRequired
        : tools.Unanswered.Count > 0 ? AgentFinishReason.ToolCallsForCaller
        : tools.HasCalls ? null
        : response.FinishReason == ChatFinishReason.Length ? AgentFinishReason.MaxOutputTokens
        : AgentFinishReason.Completed;

    /// <summary>Ends the work of a round that has ended by itself.</summary>
    /// <param name="reason">Why the run ends with it; some reasons leave calls unanswered, which are told so.</param>
    public Task EndAsync(AgentFinishReason? reason) => reason switch
    {
        AgentFinishReason.ContentFiltered => StopAsync(ToolResultTexts.ContentFiltered),
        AgentFinishReason.TimeLimit => StopAsync(ToolResultTexts.TimeLimit),
        AgentFinishReason.RepeatedCall => StopAsync(ToolResultTexts.RepetitionStopped),
        _ => model.StopAsync(grace, time, logger),
    };

    /// <summary>Stops the model and what runs, and gives every call that still has none an outcome.</summary>
    /// <param name="reason">Why, in words for the model.</param>
    public Task StopAsync(string reason) => Task.WhenAll(tools.StopAsync(reason), model.StopAsync(grace, time, logger));

    /// <summary>Puts what is left to report, and the round's messages, where the run keeps them.</summary>
    /// <param name="response">The model's turn as the user saw it.</param>
    /// <param name="transcript">Receives the messages.</param>
    /// <param name="notices">Receives the remarks of the results.</param>
    /// <param name="events">Receives what is left to report.</param>
    public void Keep(ChatResponse response, AgentTranscript transcript, AnswerNotices notices, Queue<AgentEvent> events)
    {
        tools.Report(events);
        notices.Add(tools.Notices);
        meter.Add(response.Usage);
        transcript.Add(response, model.Ended, tools.ToMessage());
    }

    public void Dispose() => tools.Dispose();

    private async Task<RoundStatus> TakeUpdateAsync(Queue<AgentEvent> events)
    {
        ChatResponseUpdate? update;
        try
        {
            update = await model.TakeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (cancellation.IsRequested)
        {
            AgentLog.ModelErrorAfterCancellation(logger, exception);
            return RoundStatus.Cancelled;
        }

        if (update is null)
        {
            return RoundStatus.Running;
        }

        if (update.FinishReason == ChatFinishReason.ContentFilter)
        {
            _contentFiltered = true;
            tools.Close(ToolResultTexts.ContentFiltered);
        }

        foreach (var content in update.Contents)
        {
            meter.Saw(content);
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    events.Enqueue(new AgentTextDelta(text.Text));
                    break;
                case FunctionCallContent { InformationalOnly: false } call:
                    tools.Receive(call, number, events);
                    break;
            }
        }

        return RoundStatus.Running;
    }
}
