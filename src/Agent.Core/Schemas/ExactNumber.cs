using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Agent.Core.Schemas;

/// <summary>A JSON number without rounding: digits without leading and trailing zeros, times a power of ten.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct ExactNumber
{
    /// <summary>Digits beyond which division is refused rather than carried out.</summary>
    public const int MaxDigits = 4096;

    /// <summary>Exponents are held to this, far beyond any that has a meaning.</summary>
    public const long MaxExponent = 1_000_000_000_000_000;

    private readonly bool _negative;
    private readonly string _digits;
    private readonly long _exponent;

    private ExactNumber(bool negative, string digits, long exponent)
    {
        _negative = negative;
        _digits = digits;
        _exponent = exponent;
    }

    public bool IsInteger => _digits.Length == 0 || _exponent >= 0;

    public bool IsPositive => _digits.Length > 0 && !_negative;

    public bool HasReasonableSize => _digits.Length <= MaxDigits && Math.Abs(_exponent) <= 100_000;

    public static ExactNumber From(JsonElement number)
    {
        var raw = JsonText.Raw(number);
        var negative = raw[0] == (byte)'-';
        if (negative)
        {
            raw = raw[1..];
        }

        var exponent = 0L;
        var mark = raw.IndexOfAny((byte)'e', (byte)'E');
        if (mark >= 0)
        {
            exponent = ReadExponent(raw[(mark + 1)..]);
            raw = raw[..mark];
        }

        var point = raw.IndexOf((byte)'.');
        string digits;
        if (point >= 0)
        {
            digits = string.Concat(Encoding.ASCII.GetString(raw[..point]), Encoding.ASCII.GetString(raw[(point + 1)..]));
            exponent -= raw.Length - point - 1;
        }
        else
        {
            digits = Encoding.ASCII.GetString(raw);
        }

        digits = digits.TrimStart('0');
        var trimmed = digits.TrimEnd('0');
        return trimmed.Length == 0
            ? new ExactNumber(false, "", 0)
            : new ExactNumber(negative, trimmed, exponent + digits.Length - trimmed.Length);
    }

    /// <summary>Negative if this number is less than the other, 0 if they are equal, positive if it is greater.</summary>
    public int Compare(ExactNumber other)
    {
        var sign = Sign.CompareTo(other.Sign);
        if (sign != 0 || _digits.Length == 0)
        {
            return sign;
        }

        var magnitude = (_digits.Length + _exponent).CompareTo(other._digits.Length + other._exponent);
        if (magnitude == 0)
        {
            magnitude = string.CompareOrdinal(_digits, other._digits);
        }

        return _negative ? -magnitude : magnitude;
    }

    /// <summary>Whether the number is a whole multiple of another, which is not zero. Both are of reasonable size.</summary>
    public bool IsMultipleOf(ExactNumber divisor)
    {
        if (_digits.Length == 0)
        {
            return true;
        }

        // Without trailing zeros these digits hold no factor of ten, which a coarser divisor would need.
        if (_exponent < divisor._exponent)
        {
            return false;
        }

        var modulus = BigInteger.Parse(divisor._digits, NumberStyles.None, CultureInfo.InvariantCulture);
        var value = BigInteger.Parse(_digits, NumberStyles.None, CultureInfo.InvariantCulture);
        return (value * BigInteger.ModPow(10, _exponent - divisor._exponent, modulus) % modulus).IsZero;
    }

    public int Hash() => HashCode.Combine(_negative, _digits, _exponent);

    private int Sign => _digits.Length == 0 ? 0 : _negative ? -1 : 1;

    private static long ReadExponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == (byte)'-';
        var exponent = 0L;
        foreach (var c in text)
        {
            if (c is >= (byte)'0' and <= (byte)'9')
            {
                exponent = Math.Min(MaxExponent, (exponent * 10) + (c - '0'));
            }
        }

        return negative ? -exponent : exponent;
    }
}
