using System.Collections.Frozen;

namespace Agent.Core.Retrieval.Text.Words;

/// <summary>
/// English words that say nothing about what a text is about: articles, prepositions, pronouns, auxiliaries, question words. "us" is not among
/// them, because a country and its citizens are written so. Thread-safe.
/// </summary>
internal static class EnglishStopWords
{
    private const int Longest = 10;

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Words = (
        "a about after all also an and any are as at be because been before being between both but by can could did do does doing done during each " +
        "either few for from further had has have having he her here hers herself him himself his how i if in into is it its itself just me more most " +
        "my myself neither no nor not of off on once only or other our ours ourselves out over own same shall she should so some such than that the " +
        "their theirs them themselves then there these they this those through to too under until up upon very was we were what when where whether " +
        "which while who whom whose why will with within without would you your yours yourself yourselves am may might must cannot")
        .Split(' ').ToFrozenSet().GetAlternateLookup<ReadOnlySpan<char>>();

    // The auxiliaries that lose letters before "n't".
    private static bool IsNegation(ReadOnlySpan<char> word) => word.EndsWith("n't");

    /// <summary>Whether a folded word, its apostrophes in place, is a stop word: "don't" and "they're" are.</summary>
    public static bool Contains(ReadOnlySpan<char> word) =>
        word.Length <= Longest && (Words.Contains(word) || IsNegation(word) || (Contraction(word) is > 0 and var length && Words.Contains(word[..length])));

    private static int Contraction(ReadOnlySpan<char> word) =>
        word.EndsWith("'s") || word.EndsWith("'d") || word.EndsWith("'m") ? word.Length - 2
        : word.EndsWith("'re") || word.EndsWith("'ve") || word.EndsWith("'ll") ? word.Length - 3
        : 0;
}
