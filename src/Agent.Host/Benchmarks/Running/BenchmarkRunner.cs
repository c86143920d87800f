using Agent.Host.Benchmarks.Figures;
using Agent.Host.Benchmarks.Loads;
using Agent.Host.Benchmarks.Targets;

namespace Agent.Host.Benchmarks.Running;

/// <summary>Plays each load often enough: once to warm up, then the runs that count.</summary>
/// <param name="player">Plays them.</param>
/// <param name="runs">Runs that count, 1 or more.</param>
internal sealed class BenchmarkRunner(LoadPlayer player, int runs)
{
    /// <summary>Plays a load against a target.</summary>
    /// <param name="name">The target's name in reports.</param>
    /// <param name="target">Bears it.</param>
    /// <param name="load">The load.</param>
    /// <param name="progress">Told each run's number before it begins; 0 is the warm-up.</param>
    /// <param name="cancellationToken">Ends it; the run under way is not kept.</param>
    /// <returns>What is done; without runs where not even one is.</returns>
    public async Task<CaseResult> RunAsync(string name, ILoadTarget target, LoadCase load, Action<int> progress, CancellationToken cancellationToken)
    {
        List<LoadFigures> done = [];
        try
        {
            for (var run = 0; run <= runs; run++)
            {
                progress(run);
                var before = target.Status;
                var figures = LoadFigures.Of(await player.PlayAsync(target, load, run, cancellationToken)) with { Steps = StepFigures.Between(before, target.Status) };
                var isWarmUp = run == 0;
                if (!isWarmUp || figures.Failed == figures.Requests)
                {
                    done.Add(figures);
                }

                if (isWarmUp && figures.Failed == figures.Requests)
                {
                    // Nothing is answered at all; the rest would say the same once more.
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What is done is shown.
        }

        return new CaseResult { Target = name, Load = load, Runs = done, RunsPlanned = runs };
    }
}
