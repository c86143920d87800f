using System.Buffers;
using System.Globalization;
using System.Text;

namespace Agent.Core.Retrieval.Injection;

/// <summary>
/// Makes text of a document harmless among numbered passages, in ways that a reader sees. Whoever writes a document could otherwise open a
/// passage of their own inside it, lend their claim another passage's number, or ask the question anew. Linear in the text's length.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>What reads as a passage's number loses its brackets: <c>[3]</c>, <c>【3】</c>, <c>［１, ２］</c>, <c>[①]</c> become <c>(3)</c>, <c>(1, 2)</c>, wherever
/// they stand and whatever nobody sees is mixed in (<see cref="UnseenCharacter"/>), since a model copies the marks that it sees. Behind an
/// identifier, as in <c>args[1]</c>, blanks go between instead, so that code stays code: <c>args[ 1 ]</c>. Numbers of more than three digits
/// (years in a list) stay.</item>
/// <item>A line that begins like the prompt's own ("Question:") is quoted: <c>> Question:</c>.</item>
/// <item>Blank lines go, so that only the prompt itself has them. Control characters go; every kind of line end is a line feed.</item>
/// </list>
/// Words for added tokens of the model (<c>&lt;|im_start|&gt;</c>) need nothing here: the prompt encoder keeps them text in whatever a template did not write.
/// </remarks>
internal static class UntrustedText
{
    private const int LongestNumber = 3;
    private const string Openers = "[［【〔〖⟦❲⁅﹝";
    private const string Closers = "]］】〕〗⟧❳⁆﹞";
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\u0085\u2028\u2029");
    private static readonly SearchValues<char> Between = SearchValues.Create(" \t\u00A0\u3000,，、;；.·-‐‑‒–—－~～^#*†:：");

    /// <summary>Several lines.</summary>
    /// <param name="text">The text.</param>
    /// <param name="frame">The prompt that it will stand in.</param>
    public static string Lines(string text, PromptFrame frame)
    {
        var output = new StringBuilder(text.Length + 16);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny(LineEnds);
            var line = (end < 0 ? rest : rest[..end]).TrimEnd();
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (!HasSomething(line))
            {
                continue;
            }

            if (output.Length > 0)
            {
                output.Append('\n');
            }

            if (frame.Resembles(line))
            {
                output.Append("> ");
            }

            AppendLine(output, line);
        }

        return output.ToString();
    }

    /// <summary>All in one line.</summary>
    public static string OneLine(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character))
            {
                output.Append(character);
            }
            else if (output.Length > 0 && output[^1] != ' ')
            {
                output.Append(' ');
            }
        }

        var line = output.ToString().TrimEnd();
        output.Clear();
        AppendLine(output, line);
        return output.ToString();
    }

    private static bool HasSomething(ReadOnlySpan<char> line)
    {
        for (var (i, length) = (0, 0); i < line.Length; i += length)
        {
            if (!UnseenCharacter.At(line, i, out length) && !char.IsWhiteSpace(line[i]))
            {
                return true;
            }
        }

        return false;
    }

    private static void AppendLine(StringBuilder output, ReadOnlySpan<char> line)
    {
        var isBeginning = true;
        var form = MarkForm.None;
        for (var i = 0; i < line.Length;)
        {
            var character = line[i];
            if (Openers.Contains(character) && MarkLength(line[i..], isBeginning) is > 0 and var length)
            {
                // A mark right behind another takes the form of that one: args[1][2].
                form = form != MarkForm.None ? form : IsIndex(line, i) ? MarkForm.Index : MarkForm.Number;
                AppendMark(output, line.Slice(i, length), form);
                i += length;
                isBeginning = false;
                continue;
            }

            form = MarkForm.None;
            isBeginning &= UnseenCharacter.At(line, i, out var units) || !char.IsLetterOrDigit(character);
            if (!char.IsControl(character) || character == '\t')
            {
                output.Append(line.Slice(i, units));
            }

            i += units;
        }
    }

    /// <summary>The characters of what reads as a passage's number; 0 where it does not.</summary>
    /// <param name="text">Begins with an opening bracket.</param>
    /// <param name="isBeginning">Whether the line begins here, where the closing bracket may be missing.</param>
    private static int MarkLength(ReadOnlySpan<char> text, bool isBeginning)
    {
        var (digits, shortest) = (0, int.MaxValue);
        for (var i = 1; i < text.Length;)
        {
            var character = text[i];
            if (Closers.Contains(character))
            {
                return Math.Min(shortest, digits == 0 ? int.MaxValue : digits) <= LongestNumber ? i + 1 : 0;
            }

            var category = CategoryAt(text, i, out var length);
            if (category == UnicodeCategory.DecimalDigitNumber)
            {
                digits++;
            }
            else if (category is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber)
            {
                // In a circle or raised, each is a number by itself.
                (digits, shortest) = (0, 1);
            }
            else if (Between.Contains(character) || char.IsWhiteSpace(character) || UnseenCharacter.At(text, i, out length))
            {
                shortest = Math.Min(shortest, digits == 0 ? int.MaxValue : digits);
                digits = 0;
            }
            else
            {
                var isNumber = Math.Min(shortest, digits == 0 ? int.MaxValue : digits) <= LongestNumber;
                return isBeginning && isNumber ? i : 0;
            }

            i += length;
        }

        return isBeginning && Math.Min(shortest, digits == 0 ? int.MaxValue : digits) <= LongestNumber ? text.Length : 0;
    }

    private static void AppendMark(StringBuilder output, ReadOnlySpan<char> mark, MarkForm form)
    {
        var isClosed = Closers.Contains(mark[^1]);
        output.Append(form == MarkForm.Index ? "[ " : "(");
        var inside = isClosed ? mark[1..^1] : mark[1..];
        for (var (i, length) = (0, 0); i < inside.Length; i += length)
        {
            if (!UnseenCharacter.At(inside, i, out length))
            {
                output.Append(inside.Slice(i, length));
            }
        }

        if (isClosed)
        {
            output.Append(form == MarkForm.Index ? " ]" : ")");
        }
    }

    private static bool IsIndex(ReadOnlySpan<char> line, int at) => line[at] == '[' && at > 0 && (char.IsAsciiLetterOrDigit(line[at - 1]) || line[at - 1] == '_');

    /// <summary>What a character is; those of mathematics take two code units.</summary>
    private static UnicodeCategory CategoryAt(ReadOnlySpan<char> text, int at, out int length) =>
        Rune.DecodeFromUtf16(text[at..], out var rune, out length) == OperationStatus.Done ? Rune.GetUnicodeCategory(rune) : UnicodeCategory.Surrogate;

    private enum MarkForm
    {
        None,
        Number,
        Index,
    }
}
