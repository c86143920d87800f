using System.Diagnostics;
using Agent.Core.Agents.Approvals;
using Agent.Core.Agents.Passages;
using Agent.Core.Retrieval.Injection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Core.Agents;

/// <summary>
/// One run, driven by the consumer of its events: nothing is read from the model ahead of demand, while tools run on the
/// pool. Its members are called one at a time.
/// </summary>
internal sealed class AgentRun : IAsyncDisposable
{
    private readonly IChatClient _client;
    private readonly AgentRunPlan _plan;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly RunCancellation _cancellation;
    private readonly Activity? _activity;
    private readonly RunProgress _progress;
    private readonly int _roundsBefore;
    private readonly ToolCallAdmission _admission;
    private readonly ToolCallRunner _runner;
    private readonly AgentTranscript _transcript;
    private readonly ToolCallIds _callIds;
    private readonly AgentMeter _meter;
    private readonly PassageRetrieval _retrieval;
    private readonly RunPassages _passages;
    private readonly Queue<AgentEvent> _events = new();
    private readonly AnswerNotices _notices = new();

    /// <summary>What comes before the first round; null once it has ended, or where there is nothing.</summary>
    private ResumedCalls? _resumed;

    /// <summary>The round under way; null between rounds.</summary>
    private AgentRound? _round;
    private int _rounds;
    private bool _finished;

    public AgentRun(
        IChatClient client, IToolInvoker invoker, string name, AgentRunPlan plan, ILogger logger, TimeProvider time, CancellationToken callerToken)
    {
        _client = client;
        _plan = plan;
        _logger = logger;
        _time = time;
        _progress = RunProgress.Of(plan.RunState);
        _roundsBefore = _progress.Rounds;
        _cancellation = new(plan.Limits.MaxDuration - _progress.Elapsed, time, logger, callerToken);
        _activity = AgentTelemetry.Source.StartActivity($"{AgentTelemetry.InvokeAgent} {name}");
        _activity?.SetTag(AgentTelemetry.OperationName, AgentTelemetry.InvokeAgent).SetTag(AgentTelemetry.AgentName, name);
        _admission = new(plan.Catalog, plan.Limits, _progress);
        _runner = new(invoker, plan.Limits, time, logger, _activity?.Context ?? default);
        _transcript = new(plan.Messages, plan.Options?.ConversationId);
        _callIds = new(plan.Messages);
        _meter = new(time);
        _passages = RunPassages.Of(plan.RunState);
        var injection = _passages.InjectionFor(plan.Messages);
        _retrieval = new(injection is null ? plan.Passages : null, plan.Messages, time, _cancellation.Token);
        if (injection is not null)
        {
            _transcript.PresentAs(injection.Apply(plan.Messages));
        }

        if (plan.Approvals.Count > 0)
        {
            _resumed = new(plan.Approvals, NewToolTurn(), _cancellation);
            _passages.Continue(plan.Messages, name => plan.Catalog.Find(name)?.Function?.GetService<SearchPassagesFunction>() is not null);
        }
    }

    /// <summary>The number of the round, the rounds of the run's earlier parts included.</summary>
    private int RoundNumber => _roundsBefore + _rounds;

    private bool IsLastRound => RoundNumber >= _plan.Limits.MaxRounds;

    /// <summary>The next event; null after <see cref="AgentFinished"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled the run.</exception>
    public async ValueTask<AgentEvent?> NextAsync()
    {
        while (true)
        {
            if (!_finished)
            {
                _cancellation.ThrowIfCallerCancelled();
            }

            if (_events.TryDequeue(out var next))
            {
                return next;
            }

            if (_finished)
            {
                return null;
            }

            await AdvanceAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_finished)
        {
            _progress.AddPart(_rounds, _meter.Elapsed);
            AgentLog.RunStopped(_logger, _rounds);
            var cancelling = _cancellation.CancelAsync();
            await CancellationGrace.EndsWithinAsync(cancelling, _plan.Limits.CancellationGrace, _time).ConfigureAwait(false);
        }

        await _retrieval.StopAsync(_plan.Limits.CancellationGrace).ConfigureAwait(false);
        await (_resumed?.StopAsync(ToolResultTexts.TimeLimit) ?? _round?.StopAsync(ToolResultTexts.TimeLimit) ?? Task.CompletedTask).ConfigureAwait(false);
        _resumed?.Dispose();
        _round?.Dispose();
        _cancellation.Dispose();
        _activity?.Dispose();
    }

    private async Task AdvanceAsync()
    {
        // A search may fail the run, so it comes before what cannot be undone. Where nothing is carried out, it may not be needed at all.
        if (!_retrieval.IsDone && _resumed is null or { AnyApproved: true })
        {
            await RetrieveAsync().ConfigureAwait(false);
        }
        else if (_resumed is not null)
        {
            if (await _resumed.AdvanceAsync(_events).ConfigureAwait(false))
            {
                EndResumed(_resumed);
            }
        }
        else if (_round is null)
        {
            StartRound();
        }
        else
        {
            switch (await _round.AdvanceAsync(_events).ConfigureAwait(false))
            {
                case RoundStatus.Ended:
                    await EndRoundAsync(_round).ConfigureAwait(false);
                    break;
                case RoundStatus.Cancelled:
                    await EndAtTimeLimitAsync(_round).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>Finds passages for the question; the model reads them with it in every round of the run.</summary>
    private async Task RetrieveAsync()
    {
        await Task.WhenAny(_retrieval.Work, _cancellation.Requested).ConfigureAwait(false);
        if (_cancellation.IsRequested)
        {
            _cancellation.ThrowIfCallerCancelled();
            await _retrieval.StopAsync(_plan.Limits.CancellationGrace).ConfigureAwait(false);
            EndAtTimeLimit();
            return;
        }

        PassageInjection? injection;
        try
        {
            injection = await _retrieval.TakeAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_cancellation.IsRequested)
        {
            _cancellation.ThrowIfCallerCancelled();
            EndAtTimeLimit();
            return;
        }

        if (injection is not null)
        {
            _passages.Take(injection);
            _transcript.PresentAs(injection.Apply(_plan.Messages));
            AgentLog.PassagesInjected(_logger, injection.Passages.Count, (long)_retrieval.Elapsed.TotalMilliseconds);
            _events.Enqueue(new AgentPassagesInjected([.. injection.Passages.Select(p => new AgentPassage(p.Passage.Id, p.Passage.Source, p.Number, p.Score))]));
        }
    }

    /// <summary>Ends a run that has come no further than its search.</summary>
    private void EndAtTimeLimit()
    {
        if (_resumed is not null)
        {
            _resumed.Refuse(ToolResultTexts.TimeLimit, _events);
            EndResumed(_resumed);
        }

        if (!_finished)
        {
            Finish(AgentFinishReason.TimeLimit, []);
        }
    }

    /// <summary>Goes on to the first round once everything has a result; ends the run where something still waits.</summary>
    private void EndResumed(ResumedCalls resumed)
    {
        _notices.Add(resumed.Notices);
        _transcript.AddResumed(resumed.ToMessage());
        var waiting = resumed.PendingApprovals;
        var unanswered = resumed.Unanswered;
        resumed.Dispose();
        _resumed = null;
        if (waiting.Count > 0 || unanswered.Count > 0)
        {
            Finish(waiting.Count > 0 ? AgentFinishReason.ApprovalRequired : AgentFinishReason.ToolCallsForCaller, unanswered, waiting);
        }
    }

    private void StartRound()
    {
        if (_cancellation.IsTimeUp)
        {
            Finish(AgentFinishReason.TimeLimit, []);
            return;
        }

        _rounds++;
        AgentLog.RoundStarted(_logger, RoundNumber, _plan.Limits.MaxRounds);
        var tools = NewToolTurn();
        if (IsLastRound)
        {
            tools.Close(ToolResultTexts.RoundLimit);
        }

        var options = _plan.OptionsFor(RoundNumber, IsLastRound, _transcript.ConversationId);
        var model = new ModelTurn(
            _client, _transcript.Outgoing, options, _callIds, _plan.Streaming, _activity, _meter.ModelTime, _cancellation.Token);
        _round = new(RoundNumber, model, tools, _cancellation, _meter, _plan.Limits.CancellationGrace, _time, _logger);
    }

    private async Task EndRoundAsync(AgentRound round)
    {
        var response = round.ToResponse();
        var unanswered = round.Tools.Unanswered;
        var waiting = round.Tools.PendingApprovals;
        var reason = round.FinishReason(response, _admission.BreakerTripped, IsLastRound);
        await round.EndAsync(reason).ConfigureAwait(false);
        KeepRound(round, reason switch
        {
            AgentFinishReason.Completed => _notices.Complete(response, _events),
            AgentFinishReason.ApprovalRequired => ApprovalTranscript.WithRequests(response, waiting),
            _ => response,
        });
        if (reason is { } end)
        {
            Finish(
                end,
                end is AgentFinishReason.ToolCallsForCaller or AgentFinishReason.ApprovalRequired ? unanswered : [],
                end is AgentFinishReason.ApprovalRequired ? waiting : []);
        }
    }

    private async Task EndAtTimeLimitAsync(AgentRound round)
    {
        _cancellation.ThrowIfCallerCancelled();
        var response = round.ToResponse();
        await round.StopAsync(ToolResultTexts.TimeLimit).ConfigureAwait(false);
        KeepRound(round, response);
        Finish(AgentFinishReason.TimeLimit, []);
    }

    private void KeepRound(AgentRound round, ChatResponse response)
    {
        round.Keep(response, _transcript, _notices, _events);
        round.Dispose();
        _round = null;
    }

    private ToolTurn NewToolTurn() => new(_admission, _runner, _plan, _time, _logger, _cancellation.Token);

    private void Finish(AgentFinishReason reason, IReadOnlyList<FunctionCallContent> pending, IReadOnlyList<ToolApprovalRequestContent>? approvals = null)
    {
        _finished = true;
        _progress.AddPart(_rounds, _meter.Elapsed);
        var reading = _passages.Read(AgentAnswer.TextOf(_transcript.Added));
        var finished = new AgentFinished(
            reason, _meter.Usage, _transcript.Added, _rounds, _meter.Elapsed, _meter.ToTimings(_runner.ToolTime), pending)
        {
            ConversationId = _transcript.ConversationId,
            PendingApprovals = approvals ?? [],
            Citations = reading.Citations,
            UnknownCitations = reading.Unknown,
        };

        AgentLog.RunFinished(_logger, reason, _rounds, (long)finished.Duration.TotalMilliseconds);
        _activity?.SetTag(AgentTelemetry.FinishReason, reason.ToString())
            .SetTag(AgentTelemetry.Rounds, _rounds)
            .SetTag(AgentTelemetry.InputTokens, finished.Usage.InputTokenCount)
            .SetTag(AgentTelemetry.OutputTokens, finished.Usage.OutputTokenCount)
            .SetTag(AgentTelemetry.CachedInputTokens, finished.Usage.CachedInputTokenCount);
        _events.Enqueue(finished);
    }
}
