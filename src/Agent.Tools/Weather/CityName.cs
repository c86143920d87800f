using System.Globalization;
using System.Text;

namespace Agent.Tools.Weather;

/// <summary>Names of cities as people write them.</summary>
internal static class CityName
{
    private static readonly string[] ChineseEndings = ["特别行政区", "市", "县", "區", "区"];

    /// <summary>Whether the name has Chinese characters.</summary>
    internal static bool IsChinese(string name) => name.EnumerateRunes().Any(rune => rune.Value is >= 0x3400 and <= 0x9FFF or >= 0x20000 and <= 0x3FFFF);

    /// <summary>The name, then what is left without a country behind a comma, then without 市 and the like; never empty.</summary>
    internal static IReadOnlyList<string> Candidates(string name)
    {
        var whole = name.Trim();
        var first = whole.Split(',', '，')[0].Trim();
        var ending = Array.Find(ChineseEndings, ending => first.Length > ending.Length + 1 && first.EndsWith(ending, StringComparison.Ordinal));
        var bare = ending is null ? first : first[..^ending.Length];
        return [.. new[] { whole, first, bare }.Where(candidate => candidate.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A form in which spellings meet: no accents, case, spaces or punctuation.</summary>
    internal static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var rune in name.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            {
                key.Append(Rune.ToLowerInvariant(rune));
            }
        }

        return key.ToString();
    }
}
