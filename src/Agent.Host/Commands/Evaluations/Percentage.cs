using System.Globalization;

namespace Agent.Host.Commands.Evaluations;

/// <summary>A percentage of a command line.</summary>
internal static class Percentage
{
    /// <summary>Reads a percentage; null where it is none. What lies between 0 and 1 is a share that somebody took for one, and would never fail.</summary>
    public static decimal? Parse(string text) =>
        decimal.TryParse(text.AsSpan().Trim().TrimEnd('%'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is 0 or (>= 1 and <= 100) ? percent : null;
}
