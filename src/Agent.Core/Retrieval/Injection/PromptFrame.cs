using System.Text;
using Agent.Core.Retrieval.Text.Folding;

namespace Agent.Core.Retrieval.Injection;

/// <summary>
/// The lines of a prompt that frame passages and question ("Question: ..."), learnt from the prompt file itself, so that a passage's line that
/// begins like one can be told. Immutable.
/// </summary>
/// <param name="heads">The letters and digits with which the frame's lines begin, folded.</param>
internal sealed class PromptFrame(IReadOnlyList<string> heads)
{
    // A single letter in front of a variable would turn every line that begins with it into a suspect.
    private const int ShortestHead = 2;

    // Private use: no prompt file holds them.
    private const string PassagesMark = "\uE0F0";
    private const string QuestionMark = "\uE0F1";

    /// <summary>No frame: passages stand alone.</summary>
    public static PromptFrame None { get; } = new([]);

    /// <summary>Learns the frame.</summary>
    /// <param name="render">Fills in passages and question.</param>
    public static PromptFrame Of(Func<string, string, string> render) => new([.. render(PassagesMark, QuestionMark)
        .Split('\n')
        .Select(line => line.Split([PassagesMark[0], QuestionMark[0]], 2)[0])
        .Select(Letters)
        .Where(head => head.Length >= ShortestHead)
        .Distinct(StringComparer.Ordinal)]);

    /// <summary>Whether a line begins like one of the frame, whatever its case, width, blanks and marks.</summary>
    public bool Resembles(ReadOnlySpan<char> line)
    {
        foreach (var head in heads)
        {
            if (BeginsWith(line, head))
            {
                return true;
            }
        }

        return false;
    }

    private static bool BeginsWith(ReadOnlySpan<char> line, string head)
    {
        var matched = 0;
        foreach (var character in line)
        {
            if (Rune.TryCreate(character, out var rune) && UnseenCharacter.Is(rune))
            {
                continue;
            }

            foreach (var folded in FoldingTable.Instance.Fold(character))
            {
                if (!char.IsLetterOrDigit(folded))
                {
                    continue;
                }

                // Behind the head: a letter right there makes it another word ("Questions", 问题在于).
                if (matched == head.Length || folded != head[matched])
                {
                    return false;
                }

                matched++;
            }

            if (matched == head.Length && !char.IsLetterOrDigit(character))
            {
                return true;
            }
        }

        return matched == head.Length;
    }

    private static string Letters(string text)
    {
        var letters = new StringBuilder();
        foreach (var character in text)
        {
            foreach (var folded in FoldingTable.Instance.Fold(character))
            {
                if (char.IsLetterOrDigit(folded))
                {
                    letters.Append(folded);
                }
            }
        }

        return letters.ToString();
    }
}
