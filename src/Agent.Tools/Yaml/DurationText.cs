using System.Globalization;

namespace Agent.Tools.Yaml;

/// <summary>Durations as they are written in a tools file: <c>500ms</c>, <c>10s</c>, <c>2m</c>, <c>1h</c>.</summary>
internal static class DurationText
{
    internal static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan();
        var end = digits.LastIndexOfAnyInRange('0', '9') + 1;
        if (end == 0 || !decimal.TryParse(digits[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        decimal? milliseconds = text[end..] switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => null,
        };
        if (milliseconds is null || number > 1_000_000)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)(number * milliseconds.Value * TimeSpan.TicksPerMillisecond));
        return true;
    }

    /// <summary>The form of the file, for a value that a person wrote: <c>500ms</c>, <c>10s</c>, <c>2m</c>.</summary>
    internal static string Format(TimeSpan duration) => duration switch
    {
        { TotalHours: >= 1 } when duration.Ticks % TimeSpan.TicksPerHour == 0 => $"{duration.Ticks / TimeSpan.TicksPerHour}h",
        { TotalMinutes: >= 1 } when duration.Ticks % TimeSpan.TicksPerMinute == 0 => $"{duration.Ticks / TimeSpan.TicksPerMinute}m",
        { TotalSeconds: >= 1 } => $"{duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}s",
        _ => $"{duration.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture)}ms",
    };

    /// <summary>The form of a sentence: <c>500 ms</c>, <c>4 s</c>, <c>2 min</c>.</summary>
    internal static string Words(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 1 } => $"{duration.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms",
        { TotalMinutes: >= 2 } => $"{duration.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture)} min",
        _ => $"{duration.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s",
    };
}
