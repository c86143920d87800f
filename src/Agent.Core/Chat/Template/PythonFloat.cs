using System.Globalization;
using System.Text;

namespace Agent.Core.Chat.Template;

/// <summary>Writes floating-point numbers as Python's <c>repr</c> does.</summary>
internal static class PythonFloat
{
    /// <summary>Digits before the point beyond which Python changes to an exponent.</summary>
    private const int MaxIntegerDigits = 16;

    /// <summary>Smallest decimal exponent that Python still writes without an exponent, as in 0.0001.</summary>
    private const int MinFixedExponent = -4;

    public static void Append(StringBuilder output, double value)
    {
        if (!double.IsFinite(value))
        {
            output.Append(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
            return;
        }

        // Both runtimes write the shortest digits that round-trip; only the layout of the digits differs. For a few
        // powers of two (2^-25 is one) .NET is a digit too short, which reads back as the neighbour.
        Span<char> shortest = stackalloc char[32];
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        if (!double.Parse(shortest[..length], NumberStyles.Float, CultureInfo.InvariantCulture).Equals(value))
        {
            value.TryFormat(shortest, out length, "E16", CultureInfo.InvariantCulture);
        }

        AppendLayout(output, shortest[..length]);
    }

    public static void Append(StringBuilder output, float value)
    {
        if (!float.IsFinite(value))
        {
            Append(output, (double)value);
            return;
        }

        Span<char> shortest = stackalloc char[32];
        value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture);
        AppendLayout(output, shortest[..length]);
    }

    private static void AppendLayout(StringBuilder output, ReadOnlySpan<char> shortest)
    {
        if (shortest[0] == '-')
        {
            output.Append('-');
            shortest = shortest[1..];
        }

        var exponent = 0;
        var exponentMark = shortest.IndexOf('E');
        if (exponentMark >= 0)
        {
            exponent = int.Parse(shortest[(exponentMark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            shortest = shortest[..exponentMark];
        }

        // digits x 10^(exponent) with the point before the first digit once it is normalised.
        Span<char> digits = stackalloc char[32];
        var count = 0;
        var point = -1;
        foreach (var c in shortest)
        {
            if (c == '.')
            {
                point = count;
            }
            else
            {
                digits[count++] = c;
            }
        }

        var scale = (point < 0 ? count : point) + exponent;
        var leadingZeros = digits[..count].IndexOfAnyExcept('0');
        if (leadingZeros < 0)
        {
            output.Append("0.0");
            return;
        }

        var significant = digits[leadingZeros..count].TrimEnd('0');
        scale -= leadingZeros;
        AppendDigits(output, significant, scale);
    }

    private static void AppendDigits(StringBuilder output, ReadOnlySpan<char> digits, int scale)
    {
        if (scale - 1 < MinFixedExponent || scale > MaxIntegerDigits)
        {
            output.Append(digits[0]);
            if (digits.Length > 1)
            {
                output.Append('.').Append(digits[1..]);
            }

            var exponent = scale - 1;
            output.Append('e').Append(exponent < 0 ? '-' : '+');
            output.Append(CultureInfo.InvariantCulture, $"{Math.Abs(exponent):00}");
        }
        else if (scale <= 0)
        {
            output.Append("0.").Append('0', -scale).Append(digits);
        }
        else if (scale >= digits.Length)
        {
            output.Append(digits).Append('0', scale - digits.Length).Append(".0");
        }
        else
        {
            output.Append(digits[..scale]).Append('.').Append(digits[scale..]);
        }
    }
}
