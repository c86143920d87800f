namespace Agent.Host.Benchmarks.Loads;

/// <summary>When clients that know nothing of each other arrive: a Poisson process.</summary>
internal static class ArrivalTimes
{
    /// <summary>Draws the times, ascending; the first client comes at once.</summary>
    /// <param name="count">How many.</param>
    /// <param name="rate">Arrivals in a second, on average; null for all at once.</param>
    /// <param name="random">Source of the draws.</param>
    public static IReadOnlyList<TimeSpan> Draw(int count, double? rate, Random random)
    {
        var times = new TimeSpan[count];
        if (rate is not { } perSecond)
        {
            return times;
        }

        for (var i = 1; i < count; i++)
        {
            times[i] = times[i - 1] + TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond);
        }

        return times;
    }
}
