namespace Agent.Host.Benchmarks.Figures;

/// <summary>Percentiles, with linear interpolation between the two nearest values.</summary>
internal static class Percentile
{
    /// <summary>A percentile; null of no values.</summary>
    /// <param name="values">The values, in any order.</param>
    /// <param name="part">0 for the least, 0.5 for the median, 1 for the greatest.</param>
    public static double? Of(IEnumerable<double> values, double part)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
        {
            return null;
        }

        var place = part * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
