namespace Agent.Bench;

/// <summary>The median of a few runs.</summary>
internal static class Medians
{
    /// <summary>The middle value, the upper one of two. The list is sorted.</summary>
    public static double Of(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
