using System.Globalization;

namespace Agent.Host.Configuration;

/// <summary>Durations as settings write them: <c>500ms</c>, <c>30s</c>, <c>2m</c>, <c>1h</c>, or .NET's <c>00:02:00</c>.</summary>
internal static class DurationValue
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
    ];

    public static bool TryParse(string text, out TimeSpan value)
    {
        foreach (var (unit, length) in Units)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                && decimal.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number <= TimeSpan.MaxValue.Ticks / length.Ticks)
            {
                value = TimeSpan.FromTicks((long)(number * length.Ticks));
                return true;
            }
        }

        // A bare number would be days.
        return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value) && text.Contains(':', StringComparison.Ordinal);
    }

    public static string Format(TimeSpan value)
    {
        for (var i = Units.Length - 1; i > 0; i--)
        {
            var (unit, length) = Units[i];
            if (value >= length && value.Ticks % length.Ticks == 0)
            {
                return $"{value.Ticks / length.Ticks}{unit}";
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0.###}ms");
    }
}
