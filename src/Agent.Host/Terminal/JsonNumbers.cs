using System.Text.Json;

namespace Agent.Host.Terminal;

/// <summary>Numbers that there may be none of.</summary>
internal static class JsonNumbers
{
    /// <summary>Writes a number; null where there is none.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="name">The property.</param>
    /// <param name="value">The number.</param>
    /// <param name="decimals">Decimal places to round to; null to write all there are.</param>
    public static void WriteNumberOrNull(this Utf8JsonWriter json, string name, double? value, int? decimals = null)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, decimals is { } places ? Math.Round(number, places) : number);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>Writes a decimal number, which keeps a zero that rounding leaves at its end; null where there is none.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="name">The property.</param>
    /// <param name="value">The number.</param>
    /// <param name="decimals">Decimal places to round to.</param>
    public static void WriteNumberOrNull(this Utf8JsonWriter json, string name, decimal? value, int decimals)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, Math.Round(number, decimals));
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
