namespace Agent.Core.Schemas.Formats;

/// <summary>The forms of RFC 3339.</summary>
internal static class DateTimeFormats
{
    public static bool IsDate(string text) => IsDate(text.AsSpan());

    public static bool IsTime(string text) => IsTime(text.AsSpan());

    public static bool IsDateTime(string text) =>
        text.Length > 11 && text[10] is 'T' or 't' && IsDate(text.AsSpan(0, 10)) && IsTime(text.AsSpan(11));

    private static bool IsDate(ReadOnlySpan<char> text)
    {
        return text.Length == 10 && text[4] == '-' && text[7] == '-' &&
            TryRead(text[..4], out var year) && TryRead(text[5..7], out var month) && TryRead(text[8..], out var day) &&
            month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year == 0 ? 400 : year, month);
    }

    private static bool IsTime(ReadOnlySpan<char> text)
    {
        if (text.Length < 9 || text[2] != ':' || text[5] != ':' ||
            !TryRead(text[..2], out var hour) || !TryRead(text[3..5], out var minute) || !TryRead(text[6..8], out var second) ||
            hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        var rest = text[8..];
        if (rest[0] == '.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0)
            {
                return false;
            }

            rest = rest[(1 + digits)..];
        }

        return TryReadOffset(rest, out var offset) && (second < 60 || IsLastMinuteOfDay((hour * 60) + minute - offset));
    }

    // A leap second is added at the end of a day in UTC.
    private static bool IsLastMinuteOfDay(int minute) => ((minute % 1440) + 1440) % 1440 == 1439;

    private static bool TryReadOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text is "Z" or "z")
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ('+' or '-') || text[3] != ':' ||
            !TryRead(text[1..3], out var hours) || !TryRead(text[4..], out var rest) || hours > 23 || rest > 59)
        {
            return false;
        }

        minutes = ((hours * 60) + rest) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<char> digits, out int value)
    {
        value = 0;
        foreach (var c in digits)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
