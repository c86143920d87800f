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
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource _deadline;
    private readonly StopSource _stop;
    private readonly CancellationTokenRegistration _registration;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
    private readonly List<string> _notices = [];
    private ModelTurn? _model;
    private ToolTurn? _tools;
    private bool _contentFiltered;
    private bool _finished;
    private bool _resumed;
    private int _round;

    public AgentRun(
        IChatClient client, IToolInvoker invoker, string name, AgentRunPlan plan, ILogger logger, TimeProvider time, CancellationToken callerToken)
    {
        _client = client;
        _plan = plan;
        _logger = logger;
        _time = time;
        _callerToken = callerToken;
        _progress = RunProgress.Of(plan.RunState);
        _roundsBefore = _progress.Rounds;
        var left = plan.Limits.MaxDuration - _progress.Elapsed;
        _deadline = new(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        _stop = new(logger, callerToken, _deadline.Token);
        _registration = _stop.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), _stopped);
        _activity = AgentTelemetry.Source.StartActivity($"{AgentTelemetry.InvokeAgent} {name}");
        _activity?.SetTag(AgentTelemetry.OperationName, AgentTelemetry.InvokeAgent).SetTag(AgentTelemetry.AgentName, name);
        _admission = new(plan.Catalog, plan.Limits, _progress);
        _runner = new(invoker, plan.Limits, time, logger, _activity?.Context ?? default);
        _transcript = new(plan.Messages, plan.Options?.ConversationId);
        _callIds = new(plan.Messages);
        _meter = new(time);
        _passages = RunPassages.Of(plan.RunState);
        var injection = _passages.InjectionFor(plan.Messages);
        _retrieval = new(injection is null ? plan.Passages : null, plan.Messages, time, _stop.Token);
        if (injection is not null)
        {
            _transcript.PresentAs(injection.Apply(plan.Messages));
        }

        if (plan.Approvals.Count > 0)
        {
            _passages.Continue(plan.Messages, name => plan.Catalog.Find(name)?.Function?.GetService<SearchPassagesFunction>() is not null);
        }
    }

    /// <summary>The round of the run, the rounds of its earlier parts included.</summary>
    private int Round => _roundsBefore + _round;

    private bool IsLastRound => Round >= _plan.Limits.MaxRounds;

    /// <summary>The next event; null after <see cref="AgentFinished"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled the run.</exception>
    public async ValueTask<AgentEvent?> NextAsync()
    {
        while (true)
        {
            if (!_finished)
            {
                _callerToken.ThrowIfCancellationRequested();
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
            _progress.AddPart(_round, _meter.Elapsed);
            AgentLog.RunStopped(_logger, _round);
            var cancelling = _stop.CancelAsync();
            await CancellationGrace.EndsWithinAsync(cancelling, _plan.Limits.CancellationGrace, _time).ConfigureAwait(false);
        }

        await _retrieval.StopAsync(_plan.Limits.CancellationGrace).ConfigureAwait(false);
        await StopRoundAsync(ToolResultTexts.TimeLimit).ConfigureAwait(false);
        _tools?.Dispose();
        _registration.Unregister();
        _stop.Dispose();
        _deadline.Dispose();
        _activity?.Dispose();
    }

    private async Task AdvanceAsync()
    {
        // A search may fail the run, so it comes before what cannot be undone. Where nothing is carried out, it may not be needed at all.
        if (!_retrieval.IsDone && (_resumed || _plan.Approvals.Any(approval => approval.Decision == ApprovalDecision.Approved)))
        {
            await RetrieveAsync().ConfigureAwait(false);
            return;
        }

        if (!_resumed)
        {
            await ResumeAsync().ConfigureAwait(false);
            return;
        }

        if (_model is null || _tools is null)
        {
            StartRound();
            return;
        }

        _tools.Report(_events);
        if (_events.Count > 0)
        {
            return;
        }

        Task[] running = [.. _tools.Running];
        if (_model.Ended && (running.Length == 0 || _contentFiltered))
        {
            await EndRoundAsync(_tools, _model).ConfigureAwait(false);
            return;
        }

        if (_stop.IsCancellationRequested)
        {
            await EndAtTimeLimitAsync(_tools, _model).ConfigureAwait(false);
            return;
        }

        if (_model.Ended)
        {
            await Task.WhenAny([_stopped.Task, .. running]).ConfigureAwait(false);
            return;
        }

        var read = _model.Read;
        if (!read.IsCompleted)
        {
            await Task.WhenAny([_stopped.Task, read, .. running]).ConfigureAwait(false);
        }

        if (read.IsCompleted)
        {
            await TakeUpdateAsync(_model, _tools).ConfigureAwait(false);
        }
    }

    /// <summary>Carries out what an earlier run left waiting for approval, as far as somebody has answered. The model is asked when all of it has a result.</summary>
    private async Task ResumeAsync()
    {
        if (_tools is null)
        {
            StartResumed();
            return;
        }

        _tools.Report(_events);
        if (_events.Count > 0)
        {
            return;
        }

        Task[] running = [.. _tools.Running];
        if (running.Length > 0 && !_stop.IsCancellationRequested)
        {
            await Task.WhenAny([_stopped.Task, .. running]).ConfigureAwait(false);
            return;
        }

        if (running.Length > 0)
        {
            // What nobody has answered is not lost to the time limit: the request still stands in the transcript.
            _callerToken.ThrowIfCancellationRequested();
            await _tools.StopRunningAsync(ToolResultTexts.TimeLimit).ConfigureAwait(false);
            _tools.Report(_events);
        }

        EndResumed(_tools);
    }

    /// <summary>Takes up the calls that waited.</summary>
    /// <param name="closed">Why those that were approved are not carried out, in words for the model; null where they are.</param>
    private void StartResumed(string? closed = null)
    {
        _resumed = _plan.Approvals.Count == 0;
        if (_resumed)
        {
            return;
        }

        _tools = new(_admission, _runner, _plan, _time, _logger, _stop.Token);
        if (closed is not null)
        {
            _tools.Close(closed);
        }

        foreach (var approval in _plan.Approvals)
        {
            _tools.Resume(approval, _events);
        }
    }

    private void EndResumed(ToolTurn tools)
    {
        _resumed = true;
        _notices.AddRange(tools.Notices);
        _transcript.AddResumed(tools.ToMessage());
        var waiting = tools.PendingApprovals;
        var unanswered = tools.Unanswered;
        if (waiting.Count > 0 || unanswered.Count > 0)
        {
            Finish(waiting.Count > 0 ? AgentFinishReason.ApprovalRequired : AgentFinishReason.ToolCallsForCaller, unanswered, waiting);
        }
    }

    /// <summary>Finds passages for the question; the model reads them with it in every round of the run.</summary>
    private async Task RetrieveAsync()
    {
        await Task.WhenAny(_retrieval.Work, _stopped.Task).ConfigureAwait(false);
        if (_stop.IsCancellationRequested)
        {
            _callerToken.ThrowIfCancellationRequested();
            await _retrieval.StopAsync(_plan.Limits.CancellationGrace).ConfigureAwait(false);
            EndAtTimeLimit();
            return;
        }

        PassageInjection? injection;
        try
        {
            injection = await _retrieval.TakeAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _callerToken.ThrowIfCancellationRequested();
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

    /// <summary>Ends a run that has come no further than its search. An approved call is answered: nobody expects it in answer to another question.</summary>
    private void EndAtTimeLimit()
    {
        if (!_resumed)
        {
            StartResumed(ToolResultTexts.TimeLimit);
            _tools!.Report(_events);
            EndResumed(_tools);
        }

        if (!_finished)
        {
            Finish(AgentFinishReason.TimeLimit, []);
        }
    }

    private void StartRound()
    {
        if (_deadline.IsCancellationRequested)
        {
            Finish(AgentFinishReason.TimeLimit, []);
            return;
        }

        _round++;
        AgentLog.RoundStarted(_logger, Round, _plan.Limits.MaxRounds);
        _tools?.Dispose();
        _tools = new(_admission, _runner, _plan, _time, _logger, _stop.Token);
        if (IsLastRound)
        {
            _tools.Close(ToolResultTexts.RoundLimit);
        }

        var options = _plan.OptionsFor(Round, IsLastRound, _transcript.ConversationId);
        _model = new(_client, _transcript.Outgoing, options, _callIds, _plan.Streaming, _activity, _meter.ModelTime, _stop.Token);
    }

    private async Task TakeUpdateAsync(ModelTurn model, ToolTurn tools)
    {
        ChatResponseUpdate? update;
        try
        {
            update = await model.TakeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (_stop.IsCancellationRequested)
        {
            AgentLog.ModelErrorAfterCancellation(_logger, exception);
            await EndAtTimeLimitAsync(tools, model).ConfigureAwait(false);
            return;
        }

        if (update is null)
        {
            return;
        }

        if (update.FinishReason == ChatFinishReason.ContentFilter)
        {
            _contentFiltered = true;
            tools.Close(ToolResultTexts.ContentFiltered);
        }

        foreach (var content in update.Contents)
        {
            _meter.Saw(content);
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    _events.Enqueue(new AgentTextDelta(text.Text));
                    break;
                case FunctionCallContent { InformationalOnly: false } call:
                    tools.Receive(call, Round, _events);
                    break;
            }
        }
    }

    private async Task EndRoundAsync(ToolTurn tools, ModelTurn model)
    {
        var response = model.ToResponse();
        var unanswered = tools.Unanswered;
        var waiting = tools.PendingApprovals;
        AgentFinishReason? reason =
            _contentFiltered || response.FinishReason == ChatFinishReason.ContentFilter ? AgentFinishReason.ContentFiltered
            : tools.HasCalls && _deadline.IsCancellationRequested ? AgentFinishReason.TimeLimit
            : _admission.BreakerTripped ? AgentFinishReason.RepeatedCall
            : IsLastRound && tools.HasCalls ? AgentFinishReason.RoundLimit
            : waiting.Count > 0 ? AgentFinishReason.ApprovalRequired
            : unanswered.Count > 0 ? AgentFinishReason.ToolCallsForCaller
            : tools.HasCalls ? null
            : response.FinishReason == ChatFinishReason.Length ? AgentFinishReason.MaxOutputTokens
            : AgentFinishReason.Completed;

        switch (reason)
        {
            case AgentFinishReason.ContentFiltered:
                await StopRoundAsync(ToolResultTexts.ContentFiltered).ConfigureAwait(false);
                break;
            case AgentFinishReason.TimeLimit:
                await StopRoundAsync(ToolResultTexts.TimeLimit).ConfigureAwait(false);
                break;
            case AgentFinishReason.RepeatedCall:
                await StopRoundAsync(ToolResultTexts.RepetitionStopped).ConfigureAwait(false);
                break;
            default:
                await model.StopAsync(_plan.Limits.CancellationGrace, _time, _logger).ConfigureAwait(false);
                break;
        }

        if (reason is AgentFinishReason.Completed)
        {
            response = WithMissingNotices(response);
        }

        if (reason is AgentFinishReason.ApprovalRequired)
        {
            response = ApprovalTranscript.WithRequests(response, waiting);
        }

        KeepRound(tools, model, response);
        if (reason is { } end)
        {
            Finish(
                end,
                end is AgentFinishReason.ToolCallsForCaller or AgentFinishReason.ApprovalRequired ? unanswered : [],
                end is AgentFinishReason.ApprovalRequired ? waiting : []);
        }
    }

    private async Task EndAtTimeLimitAsync(ToolTurn tools, ModelTurn model)
    {
        _callerToken.ThrowIfCancellationRequested();
        var response = model.ToResponse();
        await StopRoundAsync(ToolResultTexts.TimeLimit).ConfigureAwait(false);
        KeepRound(tools, model, response);
        Finish(AgentFinishReason.TimeLimit, []);
    }

    private Task StopRoundAsync(string reason) => Task.WhenAll(
        _tools?.StopAsync(reason) ?? Task.CompletedTask,
        _model?.StopAsync(_plan.Limits.CancellationGrace, _time, _logger) ?? Task.CompletedTask);

    private void KeepRound(ToolTurn tools, ModelTurn model, ChatResponse response)
    {
        tools.Report(_events);
        _notices.AddRange(tools.Notices.Except(_notices, StringComparer.Ordinal));
        _meter.Add(response.Usage);
        _transcript.Add(response, model.Ended, tools.ToMessage());
        _model = null;
    }

    /// <summary>Adds to the answer the remarks of tool results that the model has not passed on.</summary>
    private ChatResponse WithMissingNotices(ChatResponse response)
    {
        var answer = response.Text;
        var missing = _notices.Where(notice => !answer.Contains(notice, StringComparison.OrdinalIgnoreCase)).ToList();
        if (missing.Count == 0 || response.Messages.Count == 0)
        {
            return response;
        }

        var text = string.Concat(missing.Select(notice => $"\n[{notice}]"));
        _events.Enqueue(new AgentTextDelta(text));

        // The client's objects stay as they are; the transcript gets what the user saw.
        var last = response.Messages[^1].Clone();
        last.Contents = [.. last.Contents, new TextContent(text)];
        return response.WithMessages([.. response.Messages.SkipLast(1), last]);
    }

    private void Finish(AgentFinishReason reason, IReadOnlyList<FunctionCallContent> pending, IReadOnlyList<ToolApprovalRequestContent>? approvals = null)
    {
        _finished = true;
        _progress.AddPart(_round, _meter.Elapsed);
        var reading = _passages.Read(AgentAnswer.TextOf(_transcript.Added));
        var finished = new AgentFinished(
            reason, _meter.Usage, _transcript.Added, _round, _meter.Elapsed, _meter.ToTimings(_runner.ToolTime), pending)
        {
            ConversationId = _transcript.ConversationId,
            PendingApprovals = approvals ?? [],
            Citations = reading.Citations,
            UnknownCitations = reading.Unknown,
        };

        AgentLog.RunFinished(_logger, reason, _round, (long)finished.Duration.TotalMilliseconds);
        _activity?.SetTag(AgentTelemetry.FinishReason, reason.ToString())
            .SetTag(AgentTelemetry.Rounds, _round)
            .SetTag(AgentTelemetry.InputTokens, finished.Usage.InputTokenCount)
            .SetTag(AgentTelemetry.OutputTokens, finished.Usage.OutputTokenCount)
            .SetTag(AgentTelemetry.CachedInputTokens, finished.Usage.CachedInputTokenCount);
        _events.Enqueue(finished);
    }
}
