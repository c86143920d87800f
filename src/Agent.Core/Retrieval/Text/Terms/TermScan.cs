using System.Buffers;
using System.Text;
using Agent.Core.Retrieval.Text.Folding;

namespace Agent.Core.Retrieval.Text.Terms;

/// <summary>One pass over a text: each character goes to the word or the run that it belongs to.</summary>
internal static class TermScan
{
    /// <summary>The most characters of a term.</summary>
    public const int MaxTermLength = 64;

    /// <summary>Hands over the terms of a text.</summary>
    /// <returns>Whether a stop word was dropped and nothing else was there.</returns>
    public static bool Run(ReadOnlySpan<char> text, TermHandler handler, bool keepStopWords)
    {
        var sink = new TermSink(handler, keepStopWords, stackalloc char[MaxTermLength]);
        var reader = new FoldedReader(text);
        var word = new CompoundWord(stackalloc char[MaxTermLength], stackalloc char[MaxTermLength]);
        var run = new PairRun(stackalloc char[4]);
        var before = ' ';
        while (reader.MoveNext())
        {
            var folded = reader.Folded;
            if (folded.Length == 1)
            {
                Add(folded, CharacterClasses.Of(folded[0]), before, in reader, ref word, ref run, ref sink);
            }
            else
            {
                AddEach(folded, before, in reader, ref word, ref run, ref sink);
            }

            before = reader.Raw;
        }

        word.End(ref sink);
        run.End(ref sink);
        return sink is { Any: false, Dropped: true };
    }

    private static void AddEach(
        scoped ReadOnlySpan<char> folded, char before, in FoldedReader reader, ref CompoundWord word, ref PairRun run, ref TermSink sink)
    {
        var last = CharacterClass.Separator;
        while (Rune.DecodeFromUtf16(folded, out var rune, out var length) == OperationStatus.Done)
        {
            var kind = CharacterClasses.Of(rune);
            if (kind == CharacterClass.Letter && last == CharacterClass.Letter)
            {
                word.Continue(folded[..length]);
            }
            else
            {
                Add(folded[..length], kind, before, in reader, ref word, ref run, ref sink);
            }

            folded = folded[length..];
            last = kind;
        }
    }

    private static void Add(
        scoped ReadOnlySpan<char> character, CharacterClass kind, char before, in FoldedReader reader, ref CompoundWord word, ref PairRun run, ref TermSink sink)
    {
        switch (kind)
        {
            case CharacterClass.Letter:
                run.End(ref sink);
                word.Add(character, char.IsUpper(reader.Raw) ? LetterKind.Upper : LetterKind.Lower, char.IsLower(reader.PeekRaw()), ref sink);
                break;
            case CharacterClass.Digit:
                run.End(ref sink);
                word.Add(character, LetterKind.Digit, beforeLower: false, ref sink);
                break;
            case CharacterClass.Separator:
                run.End(ref sink);
                if (word.IsEmpty && character is "." && before != '.' && CharacterClasses.Of(reader.Peek()) == CharacterClass.Letter)
                {
                    word.Open('.');
                }
                else
                {
                    word.Separate(character[0], in reader, ref sink);
                }

                break;
            default:
                word.End(ref sink);
                run.Add(character, kind, ref sink);
                break;
        }
    }
}
