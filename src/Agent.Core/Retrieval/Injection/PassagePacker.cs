using Agent.Core.Retrieval.Chunks;

namespace Agent.Core.Retrieval.Injection;

/// <summary>Fits hits into a token budget.</summary>
internal static class PassagePacker
{
    // Counted in place of the number that a passage will have; no number in use is longer by more than a token.
    private const int AnyNumber = 88;
    private const string CutMark = " …";

    /// <summary>Takes hits, best first, as long as they fit; one that does not is left out, and a smaller one behind it may still fit.</summary>
    /// <param name="hits">The hits, best first.</param>
    /// <param name="options">The budget and how to count.</param>
    /// <param name="frame">The prompt that the passages will stand in.</param>
    /// <returns>The passages in the order in which they are to be numbered.</returns>
    public static IReadOnlyList<PackedPassage> Pack(IEnumerable<PassageHit> hits, PassageSelectionOptions options, PromptFrame frame)
    {
        var left = options.TokenBudget;
        List<PackedPassage> packed = [];
        foreach (var hit in hits)
        {
            var passage = new PackedPassage(hit, PassageText.HeadOf(hit.Passage), UntrustedText.Lines(hit.Passage.Text, frame), IsCut: false);
            if (passage.Body.Length == 0)
            {
                continue;
            }

            var cost = Count(passage, options.CountTokens);
            if (cost > left && packed.Count == 0)
            {
                // The best hit is worth more than nothing, even where it is longer than the whole budget.
                passage = Cut(passage, left, options.CountTokens);
                cost = passage is null ? 0 : Count(passage, options.CountTokens);
            }

            if (passage is not null && cost <= left)
            {
                packed.Add(passage);
                left -= cost;
            }

            if (packed.Count == options.Top)
            {
                break;
            }
        }

        return Order(packed);
    }

    /// <summary>The order of numbers: documents by their best hit, the passages of one document as they stand in it.</summary>
    /// <remarks>
    /// Passages of one document follow one another and often overlap, so a model reads them best as they were written; between documents, the
    /// best first. For the KV cache the order must come out the same whenever the same passages are found: within a run it is fixed, because
    /// the text is made once, and a run that is resumed and retrieves again must not be undone by two hits of one score that change places.
    /// So everything that a search leaves open is decided here, by source, place and id.
    /// </remarks>
    private static IReadOnlyList<PackedPassage> Order(List<PackedPassage> packed)
    {
        var best = packed.GroupBy(p => p.Hit.Passage.Source, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Max(p => p.Hit.Score), StringComparer.Ordinal);
        return [.. packed
            .OrderByDescending(p => best[p.Hit.Passage.Source])
            .ThenBy(p => p.Hit.Passage.Source, StringComparer.Ordinal)
            .ThenBy(p => p.Hit.Passage.Ordinal)
            .ThenBy(p => p.Hit.Passage.Id, StringComparer.Ordinal)];
    }

    private static int Count(PackedPassage passage, TokenCounter count) =>
        count(PassageText.Block(AnyNumber, passage.Head, passage.Body) + PassageText.Separator);

    /// <summary>The longest beginning that ends with a sentence and fits; where the first sentence does not, with a clause, then with a word. Null where nothing fits.</summary>
    private static PackedPassage? Cut(PackedPassage passage, int budget, TokenCounter count)
    {
        var (fits, tooLong) = (0, passage.Body.Length);
        while (tooLong - fits > 1)
        {
            var middle = fits + ((tooLong - fits) / 2);
            (fits, tooLong) = Count(Beginning(middle), count) <= budget ? (middle, tooLong) : (fits, middle);
        }

        foreach (var kind in (ReadOnlySpan<TextBorderKind>)[TextBorderKind.Sentence, TextBorderKind.Clause, TextBorderKind.Word])
        {
            if (TextBorders.Last(passage.Body, fits, kind) is > 0 and var end && Beginning(end) is var cut && Count(cut, count) <= budget)
            {
                return cut;
            }
        }

        return null;

        PackedPassage Beginning(int end) => passage with { Body = passage.Body[..TextBorders.WholeCharacters(passage.Body, end)].TrimEnd() + CutMark, IsCut = true };
    }
}
