using System.Runtime.CompilerServices;
using Agent.Core.Inference.Sampling;
using Agent.Host.Benchmarks.Loads;
using Agent.Host.Benchmarks.Running;
using Agent.Host.Benchmarks.Targets;
using Agent.Testing;
using static Agent.Host.Tests.Benchmarks.Timelines;

namespace Agent.Host.Tests.Benchmarks;

public sealed class LoadPlayerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Times_count_from_the_beginning_of_the_run()
    {
        _time.Advance(TimeSpan.FromHours(1));
        var target = new ScriptedTarget((_, _) => Answer(7, 5, 3));

        var timelines = await PlayAsync(target, Load(new LoadClient { Requests = [Ask(2), Ask(2)] }));

        Assert.Equal([Ms(0), Ms(15)], timelines.Select(request => request.Submitted));
        Assert.Equal([Ms(7), Ms(12)], timelines[0].Arrivals);
        Assert.Equal([Ms(22), Ms(27)], timelines[1].Arrivals);
        Assert.Equal([Ms(15), Ms(30)], timelines.Select(request => request.Ended));
        Assert.All(timelines, request => Assert.Equal(new LoadUsage(10, 4, 2), request.Usage));
    }

    [Fact]
    public async Task A_client_that_arrives_later_sends_nothing_before()
    {
        var target = new ScriptedTarget((_, _) => Answer(1, 1, 1));

        var playing = PlayAsync(target, Load(new LoadClient { Start = TimeSpan.FromSeconds(5), Requests = [Ask(2)] }));
        await _time.TimerStartedAsync(due => due == TimeSpan.FromSeconds(5));
        Assert.Empty(target.Sent);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(await playing).Submitted);
    }

    [Fact]
    public async Task A_newcomer_comes_when_every_decoder_is_at_work()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var newcomer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var target = new ScriptedTarget((request, _) => request.OutputTokens == 1 ? Newcomer() : Decoder(request.OutputTokens));

        var timelines = await PlayAsync(target, Mixed(
            new LoadClient { Role = LoadRole.Newcomer, Requests = [Ask(1)] },
            new LoadClient { Role = LoadRole.Decoder, Requests = [Ask(4)] },
            new LoadClient { Role = LoadRole.Decoder, Requests = [Ask(5)] }));

        Assert.Equal(1, target.Sent.Last().OutputTokens);
        Assert.Equal([1, 4, 5], timelines.Select(request => request.Arrivals.Count));

        async IAsyncEnumerable<LoadPiece> Newcomer()
        {
            Assert.True(ready.Task.IsCompleted);
            newcomer.SetResult();
            await Task.Yield();
            yield return default;
        }

        // The slower of the two is held after its first piece until the other waits for the newcomer.
        async IAsyncEnumerable<LoadPiece> Decoder(int tokens)
        {
            for (var i = 0; i < tokens; i++)
            {
                if (tokens == 4 && i == 1)
                {
                    Assert.False(newcomer.Task.IsCompleted);
                    ready.SetResult();
                }

                if (i == 2)
                {
                    await newcomer.Task.WaitAsync(Patience);
                }

                yield return default;
            }
        }
    }

    [Fact]
    public async Task A_decoder_that_fails_does_not_keep_the_newcomer_waiting()
    {
        var target = new ScriptedTarget((request, _) => request.OutputTokens == 1 ? Answer(1, 1) : Broken(new LoadTargetException("http_500", "broken")));

        var timelines = await PlayAsync(target, Mixed(
            new LoadClient { Role = LoadRole.Decoder, Requests = [Ask(4)] },
            new LoadClient { Role = LoadRole.Newcomer, Requests = [Ask(1)] }));

        Assert.Equal([false, true], timelines.Select(request => request.IsAnswered));
    }

    [Fact]
    public async Task A_bug_of_a_decoder_does_not_keep_the_newcomer_waiting()
    {
        var target = new ScriptedTarget((request, _) => request.OutputTokens == 1 ? Answer(1, 1) : Broken(new InvalidOperationException("bug")));

        await Assert.ThrowsAsync<InvalidOperationException>(() => PlayAsync(target, Mixed(
            new LoadClient { Role = LoadRole.Decoder, Requests = [Ask(4)] },
            new LoadClient { Role = LoadRole.Newcomer, Requests = [Ask(1)] })));
    }

    [Fact]
    public async Task A_client_whose_request_failed_sends_no_more()
    {
        var target = new ScriptedTarget((_, _) => Broken(new LoadTargetException("http_500", "broken")));

        var request = Assert.Single(await PlayAsync(target, Load(new LoadClient { Requests = [Ask(2), Ask(2)] })));

        Assert.Equal(new LoadError("http_500", "broken"), request.Error);
        Assert.Single(target.Sent);
    }

    [Fact]
    public async Task A_bug_is_no_failed_request()
    {
        var target = new ScriptedTarget((_, _) => Broken(new InvalidOperationException("bug")));

        await Assert.ThrowsAsync<InvalidOperationException>(() => PlayAsync(target, Load(new LoadClient { Requests = [Ask(2)] })));
    }

    [Fact]
    public async Task The_warm_up_does_not_count_and_each_run_has_its_number()
    {
        var (planned, shown) = (new List<int>(), new List<int>());
        var load = Load() with { Plan = Plan };

        var result = await new BenchmarkRunner(new LoadPlayer(_time), runs: 2).RunAsync("process", new ScriptedTarget((_, _) => Answer(1, 1, 1)), load, shown.Add, default);

        Assert.Equal([0, 1, 2], planned);
        Assert.Equal([0, 1, 2], shown);
        Assert.Equal(2, result.Runs.Count);

        IReadOnlyList<LoadClient> Plan(int run)
        {
            planned.Add(run);
            return [new LoadClient { Requests = [Ask(2)] }];
        }
    }

    [Fact]
    public async Task Where_the_warm_up_answers_nothing_the_runs_are_left_out()
    {
        var target = new ScriptedTarget((_, _) => Broken(new LoadTargetException("connection", "down")));

        var result = await new BenchmarkRunner(new LoadPlayer(_time), runs: 3).RunAsync("server", target, Load(new LoadClient { Requests = [Ask(2)] }), _ => { }, default);

        Assert.Equal((1, 1), (result.Failed, target.Sent.Count));
    }

    [Fact]
    public async Task A_cancelled_run_is_not_kept_and_those_before_are()
    {
        using var cancellation = new CancellationTokenSource();
        var target = new ScriptedTarget((_, token) => token.IsCancellationRequested ? Stopped(token) : Answer(1, 1, 1));

        var result = await new BenchmarkRunner(new LoadPlayer(_time), runs: 5).RunAsync("process", target, Load(new LoadClient { Requests = [Ask(2)] }), StopAtThird, cancellation.Token);

        Assert.Equal((2, 5), (result.Runs.Count, result.RunsPlanned));

        void StopAtThird(int run)
        {
            if (run == 3)
            {
                cancellation.Cancel();
            }
        }
    }

    private static TokenLoadRequest Ask(int tokens) => new() { Prompt = [1], OutputTokens = tokens, Sampling = SamplingOptions.Greedy };

    private static LoadCase Mixed(params LoadClient[] clients) => Load(clients) with { TokensBeforeNewcomer = 2 };

    private static LoadCase Load(params LoadClient[] clients) => new()
    {
        Name = "test",
        Parameters = new Dictionary<string, double>(StringComparer.Ordinal),
        Sequences = 1,
        Clients = clients.Length,
        ContextTokens = 8,
        Plan = _ => clients,
    };

    private Task<IReadOnlyList<RequestTimeline>> PlayAsync(ILoadTarget target, LoadCase load) => new LoadPlayer(_time).PlayAsync(target, load, 1, default).WaitAsync(Patience);

    /// <summary>A piece after each of these times but the last, after which comes the usage.</summary>
    private async IAsyncEnumerable<LoadPiece> Answer(params int[] times)
    {
        await Task.Yield();
        foreach (var time in times[..^1])
        {
            _time.Advance(Ms(time));
            yield return default;
        }

        _time.Advance(Ms(times[^1]));
        yield return new LoadPiece(new LoadUsage(10, 4, times.Length - 1));
    }

    private static async IAsyncEnumerable<LoadPiece> Broken(Exception exception)
    {
        await Task.Yield();
        yield return default;
        throw exception;
    }

    private static async IAsyncEnumerable<LoadPiece> Stopped([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.FromCanceled(cancellationToken);
        yield break;
    }
}
