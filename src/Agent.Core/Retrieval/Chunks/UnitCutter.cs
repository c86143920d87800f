using Agent.Core.Retrieval.Documents;

namespace Agent.Core.Retrieval.Chunks;

/// <summary>Finds the best place to cut a unit that is longer than a chunk. For one thread.</summary>
internal sealed class UnitCutter(SourceDocument document, ChunkMeasure measure)
{
    /// <summary>Where to cut a unit that does not fit behind the headings that are open; 0 if it should begin a chunk instead, or cannot be cut.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="firstHeading">The first open heading, null if none is open.</param>
    /// <param name="openTokens">Tokens of the open headings.</param>
    public int Cut(ChunkUnit unit, ChunkUnit? firstHeading, int openTokens)
    {
        var block = document.Blocks[unit.Block];
        var text = document.Text.AsSpan(unit.Start, unit.End - unit.Start);
        var first = firstHeading ?? unit;
        var afterHeadings = firstHeading is not null;
        if (afterHeadings && block.Kind is DocumentBlockKind.TableRow or DocumentBlockKind.Code && measure.FitsAlone(unit))
        {
            return 0;
        }

        var longest = LongestFit(unit, first, openTokens);
        while (longest > 0)
        {
            var cut = BorderBefore(block, unit, text, longest, afterHeadings);
            if (cut == 0 || Fits(first, unit, unit.Start + cut))
            {
                return cut == 0 ? 0 : unit.Start + cut;
            }

            longest = cut - 1;
        }

        return 0;
    }

    private int BorderBefore(DocumentBlock block, ChunkUnit unit, ReadOnlySpan<char> text, int longest, bool afterHeadings)
    {
        if (block.Kind == DocumentBlockKind.TableRow && LastCell(block, unit.Start - block.Offset, longest) is > 0 and var cell)
        {
            return cell;
        }

        if (block.Kind == DocumentBlockKind.Code)
        {
            var line = text[..longest].LastIndexOf('\n') + 1;
            if (line > 0 && !text[..line].IsWhiteSpace())
            {
                return line;
            }
        }
        else
        {
            if (TextBorders.Last(text, longest, TextBorderKind.Sentence) is > 0 and var sentence)
            {
                return sentence;
            }

            if (afterHeadings && measure.FitsAlone(unit with { End = unit.Start + TextBorders.FirstSentence(text, measure.MaxLength) }))
            {
                return 0;
            }

            // A clause that leaves most of the chunk empty is a worse place than the last word that fits.
            if (TextBorders.Last(text, longest, TextBorderKind.Clause) is var clause && clause > longest / 3)
            {
                return clause;
            }
        }

        return TextBorders.Last(text, longest, TextBorderKind.Word) is > 0 and var word ? word : TextBorders.WholeCharacters(text, longest);
    }

    private bool Fits(ChunkUnit first, ChunkUnit unit, int end) =>
        measure.Count(first.Start, end, measure.HeadingOver(unit.Block), measure.HeaderOver(first)) <= measure.MaxTokens;

    /// <summary>Length of the longest beginning of a unit that fits behind what is open.</summary>
    private int LongestFit(ChunkUnit unit, ChunkUnit first, int openTokens)
    {
        var fits = 0;
        var tooLong = Math.Min(unit.End - unit.Start, measure.MaxLength + 1);
        var step = Math.Max(16, measure.MaxTokens - openTokens);
        var grows = true;
        while (tooLong - fits > 1)
        {
            // Growing steps first: the unit may be far longer than a chunk.
            var middle = grows && step < (tooLong - fits) / 2 ? fits + step : (fits + tooLong) / 2;
            if (Fits(first, unit, unit.Start + middle))
            {
                fits = middle;
                step = Math.Min(step * 2, measure.MaxLength);
            }
            else
            {
                tooLong = middle;
                grows = false;
            }
        }

        return fits;
    }

    private static int LastCell(DocumentBlock block, int from, int longest)
    {
        var starts = block.CellStarts;
        var low = 0;
        var high = starts.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (starts[middle] <= from + longest)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 ? Math.Max(0, starts[low - 1] - from) : 0;
    }
}
