using System.Buffers;

namespace Agent.Core.Retrieval.Injection;

/// <summary>
/// Reads the citations of a finished answer: <c>[1]</c>, <c>[1][2]</c>, <c>[1, 2]</c>, <c>[1-3]</c>, also in full-width brackets, digits and
/// commas (<c>［１］</c>, <c>【1】</c>). Linear in the answer's length, whatever is in it.
/// </summary>
/// <remarks>
/// No citation is what stands in Markdown code (spans and blocks), a link or its definition (<c>[1](...)</c>, <c>[1]: ...</c> at the beginning
/// of a line), what is escaped (<c>\[1]</c>), holds blanks at its ends, a number of more than three digits (a year) or with a leading zero,
/// or a range that falls or spans more than 100 numbers.
/// </remarks>
public static class CitationReader
{
    private const int LongestNumber = 3;
    private const int WidestRange = 100;
    private static readonly SearchValues<char> Openers = SearchValues.Create("[［【");

    /// <summary>Reads an answer.</summary>
    /// <param name="answer">The whole answer; who streams reads at the end.</param>
    /// <param name="passages">The passages by their numbers.</param>
    public static CitationReading Read(string answer, IReadOnlyDictionary<int, Passage> passages)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(passages);
        List<Citation> citations = [];
        List<UnknownCitation> unknown = [];
        foreach (var (start, end, numbers) in Marks(answer))
        {
            foreach (var number in numbers.Distinct())
            {
                if (passages.TryGetValue(number, out var passage))
                {
                    citations.Add(new Citation(number, passage, start, end));
                }
                else
                {
                    unknown.Add(new UnknownCitation(number, start, end));
                }
            }
        }

        return new CitationReading(citations, unknown);
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="answer">The whole answer.</param>
    /// <param name="passages">The passages that the model was given.</param>
    public static CitationReading Read(string answer, IEnumerable<NumberedPassage> passages)
    {
        ArgumentNullException.ThrowIfNull(passages);
        return Read(answer, passages.ToDictionary(passage => passage.Number, passage => passage.Passage));
    }

    private static List<(int Start, int End, List<int> Numbers)> Marks(string answer)
    {
        List<(int, int, List<int>)> marks = [];
        var code = new MarkdownCode(answer);
        for (var at = 0; at < answer.Length;)
        {
            var next = answer.AsSpan(at).IndexOfAny(Openers);
            if (next < 0)
            {
                break;
            }

            at += next;
            if (code.EndAt(at) is > 0 and var behindCode)
            {
                at = behindCode;
            }
            else if (!IsEscaped(answer, at) && ReadMark(answer, at) is { } mark && !IsLink(answer, at, mark.End))
            {
                marks.Add((at, mark.End, mark.Numbers));
                at = mark.End;
            }
            else
            {
                at++;
            }
        }

        return marks;
    }

    /// <summary>The mark that an opening bracket begins. What it reads holds no opening bracket, so nothing is read twice.</summary>
    private static (int End, List<int> Numbers)? ReadMark(string text, int open)
    {
        List<int> numbers = [];
        var at = open + 1;
        while (TryReadNumber(text, ref at, out var first))
        {
            var last = first;
            var behind = SkipBlanks(text, at);
            if (behind < text.Length && IsDash(text[behind]))
            {
                at = SkipBlanks(text, behind + 1);
                if (!TryReadNumber(text, ref at, out last))
                {
                    return null;
                }
            }

            if (last < first || last - first >= WidestRange)
            {
                return null;
            }

            numbers.AddRange(Enumerable.Range(first, last - first + 1));
            if (at < text.Length && IsCloser(text[at]))
            {
                return (at + 1, numbers);
            }

            at = SkipBlanks(text, at);
            if (at == text.Length || !IsSeparator(text[at]))
            {
                return null;
            }

            at = SkipBlanks(text, at + 1);
        }

        return null;
    }

    private static bool TryReadNumber(string text, ref int at, out int number)
    {
        var start = at;
        number = 0;
        while (at < text.Length && at - start <= LongestNumber && DigitOf(text[at]) is >= 0 and var digit)
        {
            number = (number * 10) + digit;
            at++;
        }

        return at - start is > 0 and <= LongestNumber && (at - start == 1 || DigitOf(text[start]) > 0);
    }

    private static int SkipBlanks(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\u00A0' or '\u3000')
        {
            at++;
        }

        return at;
    }

    private static bool IsLink(string text, int open, int end) =>
        text[open] == '[' && end < text.Length && (text[end] == '(' || (text[end] == ':' && IsLineStart(text, open)));

    private static bool IsLineStart(string text, int at)
    {
        // A definition is indented by three blanks at most, so no more is looked at.
        var floor = Math.Max(0, at - 3);
        while (at > floor && text[at - 1] == ' ')
        {
            at--;
        }

        return at == 0 || text[at - 1] == '\n';
    }

    private static bool IsEscaped(string text, int at)
    {
        // An even number of backslashes escapes itself; a run is read once for the one bracket behind it.
        var backslashes = 0;
        while (at - backslashes > 0 && text[at - backslashes - 1] == '\\')
        {
            backslashes++;
        }

        return backslashes % 2 == 1;
    }

    private static int DigitOf(char character) => character switch
    {
        >= '0' and <= '9' => character - '0',
        >= '\uFF10' and <= '\uFF19' => character - '\uFF10',
        _ => -1,
    };

    private static bool IsCloser(char character) => character is ']' or '］' or '】';

    private static bool IsSeparator(char character) => character is ',' or '，' or '、' or ';' or '；';

    private static bool IsDash(char character) => character is '-' or '‐' or '‑' or '–' or '—' or '－' or '~' or '～';
}
