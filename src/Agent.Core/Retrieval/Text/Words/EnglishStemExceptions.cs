using System.Collections.Frozen;

namespace Agent.Core.Retrieval.Text.Words;

/// <summary>The words that the Porter2 algorithm lists by hand. Thread-safe.</summary>
internal static class EnglishStemExceptions
{
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Whole = new Dictionary<string, string>
    {
        ["skis"] = "ski",
        ["skies"] = "sky",
        ["dying"] = "die",
        ["lying"] = "lie",
        ["tying"] = "tie",
        ["idly"] = "idl",
        ["gently"] = "gentl",
        ["ugly"] = "ugli",
        ["early"] = "earli",
        ["only"] = "onli",
        ["singly"] = "singl",
        ["sky"] = "sky",
        ["news"] = "news",
        ["howe"] = "howe",
        ["atlas"] = "atlas",
        ["cosmos"] = "cosmos",
        ["bias"] = "bias",
        ["andes"] = "andes",
    }.ToFrozenDictionary().GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> AfterPlural = new[]
    {
        "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed",
    }.ToFrozenSet().GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether the whole word is listed; if so, its stem has taken its place.</summary>
    public static bool TryReplace(Span<char> word, out int length)
    {
        length = word.Length;
        if (word.Length > 6 || !Whole.TryGetValue(word, out var stem))
        {
            return false;
        }

        stem.CopyTo(word);
        length = stem.Length;
        return true;
    }

    /// <summary>Whether a word is done once its plural is off.</summary>
    public static bool EndsEarly(ReadOnlySpan<char> word) => word.Length is >= 6 and <= 7 && AfterPlural.Contains(word);
}
