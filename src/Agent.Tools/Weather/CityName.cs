using System.Collections.Frozen;
using System.Text;

namespace Agent.Tools.Weather;

/// <summary>Names of cities as people write them.</summary>
internal static class CityName
{
    private static readonly string[] ChineseEndings = ["特别行政区", "市", "县", "區", "区"];

    // Unicode normalisation does nothing in a process with invariant globalisation, so the letters are listed.
    private static readonly FrozenDictionary<int, string> Unaccented = new[]
    {
        ("a", "àáâãäåāăąǎ"), ("c", "çćč"), ("d", "ďđ"), ("e", "èéêëēęěė"), ("g", "ğ"), ("i", "ìíîïīıǐ"), ("l", "ł"), ("n", "ñńň"),
        ("o", "òóôõöøōőǒ"), ("r", "ř"), ("s", "śšşș"), ("ss", "ß"), ("t", "ťţț"), ("u", "ùúûüūůűǔ"), ("y", "ýÿ"), ("z", "źżž"),
    }.SelectMany(pair => pair.Item2.Select(letter => KeyValuePair.Create((int)letter, pair.Item1))).ToFrozenDictionary();

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

    /// <summary>A form in which spellings meet: no accents, case, spaces, punctuation or full-width letters.</summary>
    internal static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            var plain = Rune.ToLowerInvariant(rune.Value is >= 0xFF01 and <= 0xFF5E ? new Rune(rune.Value - 0xFEE0) : rune);
            if (Unaccented.TryGetValue(plain.Value, out var letters))
            {
                key.Append(letters);
            }
            else if (Rune.IsLetterOrDigit(plain))
            {
                key.Append(plain);
            }
        }

        return key.ToString();
    }
}
