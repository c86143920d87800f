using System.Runtime.CompilerServices;
using Agent.Core.Schemas;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Core.Agents;

/// <summary>
/// Asks a model, carries out the tools that it calls, gives it the results and repeats, until it answers or a limit is
/// reached. Thread-safe and reusable; a run keeps no state behind.
/// </summary>
/// <remarks>
/// <para>A tool starts as soon as its call has arrived, while the model may still be writing; the calls of one turn run in
/// parallel, and their results go back in call order, as one message of role tool. A call that cannot be carried out
/// (unreadable, unknown tool, invalid arguments, failure, limit) is answered with <c>{"error":"..."}</c>, so that the model
/// can repair it.</para>
/// <para>The last permitted round is made with <see cref="ChatToolMode.None"/>. Where the model answers, the run is
/// <see cref="AgentFinishReason.Completed"/>; where it calls tools all the same, the calls get error results and the run
/// ends with <see cref="AgentFinishReason.RoundLimit"/>.</para>
/// <para>Where <see cref="AgentLoopOptions.Passages"/> is set, a run retrieves for its question before the first model call, and every
/// round reads the passages with the question. They are never part of the transcript: the next question retrieves anew.</para>
/// <para>Whatever the reason, the transcript can be continued: see <see cref="AgentFinished.NewMessages"/>.</para>
/// </remarks>
public sealed class AgentLoop
{
    private readonly IChatClient _client;
    private readonly AgentLoopOptions _options;
    private readonly IToolInvoker _invoker;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Creates a loop over a client, which stays the caller's to dispose.</summary>
    /// <param name="client">The model.</param>
    /// <param name="options">What all runs share; null for the defaults.</param>
    /// <param name="logger">Names, counts and durations; arguments and results at level Trace only. Null for none.</param>
    /// <param name="timeProvider">The clock of limits and timings; null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is outside its range.</exception>
    public AgentLoop(IChatClient client, AgentLoopOptions? options = null, ILogger? logger = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _options = options ?? new();
        _options.Limits.Validate();
        _logger = logger ?? NullLogger.Instance;
        _time = timeProvider ?? TimeProvider.System;
        IToolInvoker function = new FunctionToolInvoker();
        _invoker = _options.DecorateToolInvoker?.Invoke(function) ?? function;
    }

    /// <summary>Runs and reports each event when it happens. Each enumeration is a run of its own.</summary>
    /// <param name="messages">The conversation so far; read at once and never changed.</param>
    /// <param name="request">What the run may use; read at once and never changed.</param>
    /// <param name="cancellationToken">Cancels model and tools.</param>
    /// <returns>
    /// The events; the last is <see cref="AgentFinished"/>. Leaving the enumeration early cancels model and tools, and waits
    /// for them no longer than <see cref="AgentLimits.CancellationGrace"/>.
    /// </returns>
    /// <exception cref="ArgumentException">The request is not usable; the message says what to change.</exception>
    /// <exception cref="JsonSchemaException">The schema of a tool cannot be enforced as written; the message names the tool.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled; thrown by the enumeration.</exception>
    /// <exception cref="Retrieval.RetrievalException">
    /// The passages cannot be searched, and <see cref="AgentLoopOptions.Passages"/> does not go on without; thrown by the enumeration.
    /// </exception>
    /// <remarks>
    /// What the client throws leaves the enumeration as it is, after the tools of the turn were stopped; a time limit is no
    /// exception but <see cref="AgentFinishReason.TimeLimit"/>.
    /// </remarks>
    public IAsyncEnumerable<AgentEvent> RunAsync(
        IEnumerable<ChatMessage> messages, AgentRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(request);
        var plan = new AgentRunPlan(messages, request, request.Limits ?? _options.Limits, _options.Mask, _options.Passages);
        return EnumerateAsync(plan, cancellationToken);
    }

    /// <summary>Runs to the end.</summary>
    /// <param name="messages">The conversation so far; read at once and never changed.</param>
    /// <param name="request">What the run may use; read at once and never changed.</param>
    /// <param name="cancellationToken">Cancels model and tools.</param>
    /// <returns>The answer and the run's last event.</returns>
    /// <exception cref="ArgumentException">The request is not usable; the message says what to change.</exception>
    /// <exception cref="JsonSchemaException">The schema of a tool cannot be enforced as written; the message names the tool.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<AgentResult> RunToCompletionAsync(
        IEnumerable<ChatMessage> messages, AgentRequest request, CancellationToken cancellationToken = default)
    {
        AgentFinished? finished = null;
        await foreach (var next in RunAsync(messages, request, cancellationToken).ConfigureAwait(false))
        {
            finished = next as AgentFinished;
        }

        return new(AgentAnswer.TextOf(finished!.NewMessages), finished);
    }

    private async IAsyncEnumerable<AgentEvent> EnumerateAsync(
        AgentRunPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var run = new AgentRun(_client, _invoker, _options.Name, plan, _logger, _time, cancellationToken);
        await using (run.ConfigureAwait(false))
        {
            while (await run.NextAsync().ConfigureAwait(false) is { } next)
            {
                yield return next;
            }
        }
    }
}
