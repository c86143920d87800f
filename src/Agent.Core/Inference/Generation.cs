using System.Runtime.CompilerServices;
using Agent.Core.Inference.Scheduling;

namespace Agent.Core.Inference;

/// <summary>A generation under way. Disposing it before its end cancels it and frees its sequence.</summary>
/// <remarks>One reader at a time; <see cref="Cancel"/> and <see cref="Dispose"/> are safe on any thread.</remarks>
public sealed class Generation : IDisposable
{
    private readonly GenerationTask _task;
    private readonly Action _wakeEngine;

    internal Generation(GenerationTask task, Action wakeEngine)
    {
        _task = task;
        _wakeEngine = wakeEngine;
    }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens => _task.PromptLength;

    /// <summary>Prompt tokens that were already in the KV cache; known from the first token on.</summary>
    public int CachedTokens => _task.CachedTokens;

    /// <summary>What it took, once all tokens are read; null before that and after a cancellation.</summary>
    public GenerationStatistics? Statistics => _task.Statistics;

    /// <summary>Reads the generated tokens as they come. The token that ends the turn is not among them.</summary>
    /// <exception cref="EngineException">This generation failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async IAsyncEnumerable<int> ReadTokensAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var registration = cancellationToken.UnsafeRegister(static self => ((Generation)self!).Cancel(), this);
        while (true)
        {
            try
            {
                if (!await _task.Output.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    yield break;
                }
            }
            catch (OperationCanceledException e)
            {
                throw new OperationCanceledException("The generation was cancelled.", e, cancellationToken);
            }

            while (_task.Output.TryRead(out var token))
            {
                if (_task.OnTokenRead())
                {
                    _wakeEngine();
                }

                cancellationToken.ThrowIfCancellationRequested();
                yield return token;
            }
        }
    }

    /// <summary>
    /// Ends it well before the model does: the reader has all it wants. Unlike after <see cref="Cancel"/>, what was computed stays in the KV
    /// cache, so that the next round of the conversation goes on from it.
    /// </summary>
    public void Stop()
    {
        _task.RequestStop();
        _wakeEngine();
    }

    /// <summary>Asks the engine to stop, and to keep nothing of it; it does so before its next step.</summary>
    public void Cancel()
    {
        _task.RequestCancel();
        _wakeEngine();
    }

    /// <summary>Cancels what is not finished.</summary>
    public void Dispose()
    {
        if (!_task.Output.Completion.IsCompleted)
        {
            Cancel();
        }
    }
}
