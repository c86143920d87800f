using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Lexical;

/// <summary>Counts the terms of texts for an index. A term is a string once, however many texts have it. Not thread-safe.</summary>
/// <param name="analyzer">Turns text into terms.</param>
public sealed class TermCounter(ITextAnalyzer analyzer)
{
    private const int MaxKnown = 1 << 19;

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private int _length;

    /// <summary>The terms of a text with their counts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">How many terms there are, repeated ones included.</param>
    public TermCount[] Count(ReadOnlySpan<char> text, out int length)
    {
        _counts.Clear();
        _length = 0;
        if (_known.Count > MaxKnown)
        {
            // Texts of noise have no end of terms; those of language come again and again.
            _known.Clear();
        }

        analyzer.Analyze(text, Add);
        length = _length;
        var terms = new TermCount[_counts.Count];
        var next = 0;
        foreach (var (term, count) in _counts)
        {
            terms[next++] = new TermCount(term, count);
        }

        return terms;
    }

    private void Add(ReadOnlySpan<char> term)
    {
        _length++;
        var known = _known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(term, out var text))
        {
            text = term.ToString();
            _known.Add(text);
        }

        _counts[text] = _counts.GetValueOrDefault(text) + 1;
    }
}
