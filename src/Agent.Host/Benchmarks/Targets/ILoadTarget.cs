using Agent.Core.Inference;
using Agent.Host.Benchmarks.Loads;

namespace Agent.Host.Benchmarks.Targets;

/// <summary>Whoever bears a load: the model in this process, or a server.</summary>
/// <remarks>Thread-safe.</remarks>
internal interface ILoadTarget
{
    /// <summary>Makes a request ready, so that writing it down costs nothing once the clock runs.</summary>
    /// <param name="request">The request.</param>
    /// <returns>
    /// Sends it and streams what comes back. It throws <see cref="LoadTargetException"/> and the engine's exceptions, and
    /// <see cref="OperationCanceledException"/> where it was cancelled.
    /// </returns>
    Func<CancellationToken, IAsyncEnumerable<LoadPiece>> Prepare(LoadRequest request);

    /// <summary>Where the time went so far; null where that cannot be seen from here.</summary>
    EngineStatus? Status => null;
}
