using System.Globalization;
using System.Numerics;

namespace Agent.Host.Evaluation.Tools.Scoring;

/// <summary>A JSON number by its digits: comparing two loses nothing, however many digits they have.</summary>
/// <param name="IsNegative">The sign; false for zero.</param>
/// <param name="Digits">The significant digits without zeros at either end; empty for zero.</param>
/// <param name="Exponent">The power of ten that the digits, as a whole number, are multiplied by.</param>
internal readonly record struct JsonNumber(bool IsNegative, string Digits, BigInteger Exponent)
{
    /// <summary>Reads a number as JSON writes it.</summary>
    public static JsonNumber Parse(string text)
    {
        var isNegative = text.StartsWith('-');
        var power = text.IndexOfAny(['e', 'E']);
        var mantissa = text[(isNegative ? 1 : 0)..(power < 0 ? text.Length : power)];
        var exponent = power < 0 ? BigInteger.Zero : BigInteger.Parse(text.AsSpan(power + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        var significant = mantissa.TrimEnd('0');
        exponent += mantissa.Length - significant.Length;
        var digits = significant.TrimStart('0');
        return digits.Length == 0 ? new JsonNumber(IsNegative: false, string.Empty, BigInteger.Zero) : new JsonNumber(isNegative, digits, exponent);
    }
}
