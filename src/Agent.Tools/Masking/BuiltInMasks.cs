using System.Text.RegularExpressions;

namespace Agent.Tools.Masking;

/// <summary>
/// The patterns that a tools file may name without writing them. Digits are bounded by anything that is no digit, since Chinese text
/// puts no space around them; every quantifier is bounded, so that the time is linear.
/// </summary>
internal static partial class BuiltInMasks
{
    private const int TimeoutMilliseconds = 1_000;
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>By name, in the order in which they are applied: longer numbers before shorter ones.</summary>
    internal static IReadOnlyList<MaskPattern> All { get; } =
    [
        new("api_key", ApiKey()),
        new("email", Email()),
        new("id_card", IdCard(), IsIdCard),
        new("bank_card", BankCard(), IsBankCard),
        new("phone", Phone()),
    ];

    // Keys as the large services issue them, bearer tokens, JSON web tokens, and private key blocks.
    [GeneratedRegex(
        "(?<![A-Za-z0-9_-])((sk|pk|rk|ak)[-_](live[-_]|test[-_]|proj[-_])?[A-Za-z0-9_-]{16,200}|gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{40,255}"
            + "|xox[abprs]-[A-Za-z0-9-]{10,200}|AKIA[0-9A-Z]{16}|LTAI[0-9A-Za-z]{12,26}|AIza[0-9A-Za-z_-]{35}|eyJ[A-Za-z0-9_-]{8,2000}\\.eyJ[A-Za-z0-9_-]{8,4000}\\.[A-Za-z0-9_-]{8,1000})"
            + "|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\\s\\\\]{0,8000}(-----END [A-Z ]{0,30}PRIVATE KEY-----)?|(?<=[Bb]earer )[A-Za-z0-9._~+/=-]{16,2000}",
        Options, TimeoutMilliseconds)]
    private static partial Regex ApiKey();

    [GeneratedRegex("(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63}){1,8}", Options, TimeoutMilliseconds)]
    private static partial Regex Email();

    // GB 11643: region, date of birth, sequence, check digit.
    [GeneratedRegex("(?<![0-9])[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9])", Options, TimeoutMilliseconds)]
    private static partial Regex IdCard();

    [GeneratedRegex("(?<![0-9])[2-6][0-9]{3}([ -]?[0-9]{4}){2}[ -]?[0-9]{1,4}([ -]?[0-9]{1,3})?(?![0-9])", Options, TimeoutMilliseconds)]
    private static partial Regex BankCard();

    // Mainland mobile numbers with or without 86, landlines with an area code, and international numbers with a plus sign.
    [GeneratedRegex(
        "(?<![0-9+])((\\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}|0[1-9][0-9]{1,2}-[0-9]{7,8}|\\+[1-9][0-9]{0,2}([ -]?[(]?[0-9]{2,4}[)]?){2,4})(?![0-9])",
        Options, TimeoutMilliseconds)]
    private static partial Regex Phone();

    private static bool IsIdCard(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<int> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * (text[i] - '0');
        }

        return char.ToUpperInvariant(text[^1]) == "10X98765432"[sum % 11];
    }

    // Luhn's check digit.
    private static bool IsBankCard(ReadOnlySpan<char> text)
    {
        var sum = 0;
        var digits = 0;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                continue;
            }

            var digit = text[i] - '0';
            if (digits++ % 2 == 1)
            {
                digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            }

            sum += digit;
        }

        return digits is >= 13 and <= 19 && sum % 10 == 0;
    }
}
