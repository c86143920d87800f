using Agent.Host.Benchmarks.Loads;
using Agent.Host.Benchmarks.Targets;

namespace Agent.Host.Benchmarks.Running;

/// <summary>Plays a load against a target, whichever it is, and writes down when what came back.</summary>
internal sealed class LoadPlayer(TimeProvider time)
{
    /// <summary>Plays the load.</summary>
    /// <param name="target">Bears it.</param>
    /// <param name="load">Its size.</param>
    /// <param name="run">The run's number.</param>
    /// <param name="cancellationToken">Ends it; nothing of it is kept.</param>
    /// <returns>All requests that were sent. After a request that failed its client sends no more.</returns>
    public async Task<IReadOnlyList<RequestTimeline>> PlayAsync(ILoadTarget target, LoadCase load, int run, CancellationToken cancellationToken)
    {
        var clients = load.Plan(run).Select(client => (Client: client, Calls: client.Requests.Select(target.Prepare).ToList())).ToList();
        var ready = new DecodersReady(clients.Count(next => next.Client.Role == LoadRole.Decoder));
        var start = time.GetTimestamp();
        var timelines = await Task.WhenAll(clients.Select(next => Task.Run(
            async () =>
            {
                await BeginAsync(next.Client, ready, cancellationToken).ConfigureAwait(false);
                return await PlayAsync(next.Client, next.Calls, load.TokensBeforeNewcomer, ready, start, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken))).ConfigureAwait(false);
        return [.. timelines.SelectMany(client => client)];
    }

    private Task BeginAsync(LoadClient client, DecodersReady ready, CancellationToken cancellationToken) =>
        client.Role == LoadRole.Newcomer ? ready.Task.WaitAsync(cancellationToken)
        : client.Start > TimeSpan.Zero ? Task.Delay(client.Start, time, cancellationToken)
        : Task.CompletedTask;

    private async Task<List<RequestTimeline>> PlayAsync(
        LoadClient client,
        List<Func<CancellationToken, IAsyncEnumerable<LoadPiece>>> calls,
        int readyAfter,
        DecodersReady ready,
        long start,
        CancellationToken cancellationToken)
    {
        List<RequestTimeline> timelines = [];

        // However it ends, nobody waits for this client any longer than it lasts.
        using var decoder = client.Role == LoadRole.Decoder ? ready.Enter() : null;
        for (var i = 0; i < calls.Count && (timelines.Count == 0 || timelines[^1].Error is null); i++)
        {
            var arrivals = new List<TimeSpan>(client.Requests[i].OutputTokens);
            LoadUsage? usage = null;
            LoadError? error = null;
            var submitted = time.GetElapsedTime(start);
            try
            {
                await foreach (var piece in calls[i](cancellationToken).ConfigureAwait(false))
                {
                    if (piece.Usage is { } counted)
                    {
                        usage = counted;
                        continue;
                    }

                    arrivals.Add(time.GetElapsedTime(start));
                    if (arrivals.Count == readyAfter)
                    {
                        decoder?.Dispose();
                    }
                }
            }
            catch (Exception e) when (LoadError.From(e) is { } failed)
            {
                error = failed;
            }

            timelines.Add(new RequestTimeline
            {
                Role = client.Role,
                OutputTokensWanted = client.Requests[i].OutputTokens,
                Submitted = submitted,
                Arrivals = arrivals,
                Ended = time.GetElapsedTime(start),
                Usage = usage,
                Error = error,
            });
        }

        return timelines;
    }
}
