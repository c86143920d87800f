using System.Collections.Concurrent;
using Agent.Host.Benchmarks.Loads;
using Agent.Host.Benchmarks.Targets;

namespace Agent.Host.Tests.Benchmarks;

/// <summary>Answers as a test says, and remembers what it was asked in which order.</summary>
internal sealed class ScriptedTarget(Func<LoadRequest, CancellationToken, IAsyncEnumerable<LoadPiece>> answer) : ILoadTarget
{
    public ConcurrentQueue<LoadRequest> Sent { get; } = new();

    public Func<CancellationToken, IAsyncEnumerable<LoadPiece>> Prepare(LoadRequest request) => cancellationToken =>
    {
        Sent.Enqueue(request);
        return answer(request, cancellationToken);
    };
}
