using Agent.Core.Retrieval.Injection;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents.Passages;

/// <summary>The one retrieval of a run: for its question, before its first model call. Used by the reader of the run only.</summary>
internal sealed class PassageRetrieval(PassageInjector? injector, IReadOnlyList<ChatMessage> messages, TimeProvider time, CancellationToken cancellationToken)
{
    private readonly long _started = time.GetTimestamp();
    private Task<PassageInjection?>? _work;

    /// <summary>Whether nothing is left to wait for or to take.</summary>
    public bool IsDone { get; private set; } = injector is null;

    /// <summary>The time since the run began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    /// <summary>The search under way; starts it where it was not. On the pool, since a search may compute for long before it awaits anything.</summary>
    public Task Work => _work ??= Task.Run(() => injector!.RetrieveAsync(messages, cancellationToken), CancellationToken.None);

    /// <summary>Takes the result of the completed <see cref="Work"/>; throws what the search threw.</summary>
    public Task<PassageInjection?> TakeAsync()
    {
        IsDone = true;
        return _work!;
    }

    /// <summary>Waits for a cancelled search within the grace. Never throws.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        IsDone = true;
        if (_work is not null)
        {
            await CancellationGrace.EndsWithinAsync(_work, grace, time).ConfigureAwait(false);
        }
    }
}
