namespace Agent.Host.Benchmarks.Figures;

/// <summary>How times are spread, in milliseconds.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Median">The median.</param>
/// <param name="P99">What 99 of 100 do not exceed.</param>
/// <param name="Greatest">The greatest.</param>
internal sealed record Spread(int Count, double Median, double P99, double Greatest)
{
    /// <summary>How many times the median the 99th percentile is; null where the median is 0.</summary>
    public double? Ratio => Median > 0 ? P99 / Median : null;

    /// <summary>The spread of some times; null of none.</summary>
    public static Spread? Of(IEnumerable<TimeSpan> times)
    {
        double[] values = [.. times.Select(time => time.TotalMilliseconds)];
        return values.Length == 0 ? null : new Spread(values.Length, Percentile.Of(values, 0.5)!.Value, Percentile.Of(values, 0.99)!.Value, values.Max());
    }
}
