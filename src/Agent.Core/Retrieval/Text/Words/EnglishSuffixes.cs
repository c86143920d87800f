namespace Agent.Core.Retrieval.Text.Words;

/// <summary>Steps 2 to 4 of the Porter2 algorithm: the tables of derivational suffixes. Thread-safe.</summary>
internal static class EnglishSuffixes
{
    // Longest first: the longest suffix that fits is the only one that is looked at.
    private static readonly (string Suffix, string Replacement)[] Second =
    [
        ("ational", "ate"), ("fulness", "ful"), ("iveness", "ive"), ("ization", "ize"), ("ousness", "ous"),
        ("biliti", "ble"), ("lessli", "less"), ("tional", "tion"),
        ("alism", "al"), ("aliti", "al"), ("ation", "ate"), ("entli", "ent"), ("fulli", "ful"), ("iviti", "ive"), ("ousli", "ous"),
        ("abli", "able"), ("alli", "al"), ("anci", "ance"), ("ator", "ate"), ("enci", "ence"), ("izer", "ize"),
        ("bli", "ble"), ("ogi", "og"), ("li", ""),
    ];

    private static readonly (string Suffix, string Replacement)[] Third =
    [
        ("ational", "ate"), ("tional", "tion"), ("alize", "al"), ("ative", ""), ("icate", "ic"), ("iciti", "ic"), ("ical", "ic"), ("ness", ""), ("ful", ""),
    ];

    private static readonly (string Suffix, string Replacement)[] Fourth =
    [
        ("ement", ""), ("able", ""), ("ance", ""), ("ence", ""), ("ible", ""), ("ment", ""), ("ant", ""), ("ate", ""), ("ent", ""), ("ion", ""),
        ("ism", ""), ("iti", ""), ("ive", ""), ("ize", ""), ("ous", ""), ("al", ""), ("er", ""), ("ic", ""),
    ];

    /// <summary>Step 2: double suffixes become single ones.</summary>
    public static int Derived(Span<char> word, int length, int r1)
    {
        var rest = word[..length];
        if (!TryFind(Second, rest, out var suffix, out var replacement) || length - suffix.Length < r1)
        {
            return length;
        }

        var before = length > suffix.Length ? rest[length - suffix.Length - 1] : '\0';
        return suffix switch
        {
            "ogi" when before != 'l' => length,
            "li" when before is not ('c' or 'd' or 'e' or 'g' or 'h' or 'k' or 'm' or 'n' or 'r' or 't') => length,
            _ => Replace(word, length, suffix, replacement),
        };
    }

    /// <summary>Step 3.</summary>
    public static int DerivedAgain(Span<char> word, int length, int r1, int r2)
    {
        if (!TryFind(Third, word[..length], out var suffix, out var replacement))
        {
            return length;
        }

        var region = suffix == "ative" ? r2 : r1;
        return length - suffix.Length < region ? length : Replace(word, length, suffix, replacement);
    }

    /// <summary>Step 4: what is left of a suffix goes.</summary>
    public static int Residual(Span<char> word, int length, int r2)
    {
        var rest = word[..length];
        if (!TryFind(Fourth, rest, out var suffix, out _) || length - suffix.Length < r2)
        {
            return length;
        }

        var stem = length - suffix.Length;
        return suffix == "ion" && (stem == 0 || rest[stem - 1] is not ('s' or 't')) ? length : stem;
    }

    private static bool TryFind((string Suffix, string Replacement)[] table, ReadOnlySpan<char> word, out string suffix, out string replacement)
    {
        foreach (var entry in table)
        {
            if (word.EndsWith(entry.Suffix))
            {
                (suffix, replacement) = entry;
                return true;
            }
        }

        suffix = replacement = "";
        return false;
    }

    private static int Replace(Span<char> word, int length, string suffix, string replacement)
    {
        replacement.CopyTo(word[(length - suffix.Length)..]);
        return length - suffix.Length + replacement.Length;
    }
}
