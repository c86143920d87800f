using System.Collections.Frozen;
using Agent.Core.Retrieval.Text.Words;

namespace Agent.Core.Retrieval.Injection;

/// <summary>English words that ask or refer. Words are in lower case, their apostrophes in place.</summary>
internal static class EnglishQuestionWords
{
    // How far behind "it" the words stand that make it refer to nothing: "does it take me long to", "is it really true that".
    private const int ImpersonalReach = 3;

    private static readonly FrozenSet<string> Asking = Set(
        "much many please tell show give find know want like explain describe define get got let need exactly anything something someone ok okay thanks " +
        "thank hello hi hey what's who's where's how's it's that's there's let's one ones latter else instead");

    private static readonly FrozenSet<string> Pronouns = Set(
        "itself they them their theirs he him his she her hers this these those latter else instead they're he's she's it's that's");

    private static readonly FrozenSet<string> Being = Set("is are was were be been isn't aren't wasn't weren't");

    private static readonly FrozenSet<string> Impersonal = Set(
        "true possible allowed legal safe necessary worth normal required permitted forbidden healthy take takes took cost costs mean means");

    private static readonly FrozenSet<string> ContinuingBeginnings = Set("and or but also then");

    private static readonly FrozenSet<string> SentenceBeginnings = Set(
        "what who whom whose where when which how why is are was were do does did can could will would should may must has have tell explain describe define show give find");

    private static readonly FrozenSet<string> Definitions = Set("define explain describe what's who's");

    /// <summary>Whether a word says nothing of what the question is about.</summary>
    public static bool IsFunction(string word) => EnglishStopWords.Contains(word) || Asking.Contains(word);

    /// <summary>Whether one of the words stands for something that was said before.</summary>
    public static bool Refer(IReadOnlyList<string> words)
    {
        for (var i = 0; i < words.Count; i++)
        {
            var refers = words[i] switch
            {
                "it" or "its" => !IsImpersonal(words, i),
                "that" => RefersByThat(words, i),
                "there" => !(i > 0 && Being.Contains(words[i - 1])) && !(i + 1 < words.Count && Being.Contains(words[i + 1])),
                "one" or "ones" => i + 1 == words.Count || IsFunction(words[i + 1]),
                "too" => i + 1 == words.Count && i > 0,
                var word => Pronouns.Contains(word),
            };
            if (refers)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a question goes on where the one before it stopped: "and in winter", "what about Bern".</summary>
    public static bool Continue(IReadOnlyList<string> words) =>
        words.Count > 0 && (ContinuingBeginnings.Contains(words[0]) || (words.Count > 1 && words[0] is "what" or "how" && words[1] == "about"));

    /// <summary>Whether a question begins like a whole sentence: "where is Paris", not "in June".</summary>
    public static bool BeginSentence(IReadOnlyList<string> words) => words.Count > 1 && SentenceBeginnings.Contains(words[0]);

    /// <summary>Whether a question asks what or who something is.</summary>
    public static bool AskForDefinition(IReadOnlyList<string> words) =>
        words.Count > 1 && (Definitions.Contains(words[0]) || (words[0] is "what" or "who" && (Being.Contains(words[1]) || words[^1] == "mean")));

    /// <summary>"Is it safe to drink": the word refers to what follows.</summary>
    private static bool IsImpersonal(IReadOnlyList<string> words, int at)
    {
        var window = words.Skip(at + 1).Take(ImpersonalReach + 1).ToList();
        var mark = window.FindIndex(Impersonal.Contains);
        return mark >= 0 && window.Skip(mark + 1).Any(word => word is "to" or "that" or "if" or "for");
    }

    /// <summary>Behind a content word it joins a clause ("said that", "the book that"); anywhere else it points back.</summary>
    private static bool RefersByThat(IReadOnlyList<string> words, int at) => at == 0 || at + 1 == words.Count || IsFunction(words[at - 1]);

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
