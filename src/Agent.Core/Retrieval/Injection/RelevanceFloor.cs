using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Injection;

/// <summary>Keeps the hits that come to a <see cref="PassageFloor"/>.</summary>
internal sealed class RelevanceFloor
{
    private const int MostTermsDemanded = 3;
    private readonly double _leastScore;
    private readonly HashSet<string> _terms = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lesserTerms = new(StringComparer.Ordinal);
    private readonly int _termsDemanded;

    public RelevanceFloor(PassageFloor floor, string query, SearchMode? mode, double bestScore)
    {
        _leastScore = bestScore > 0 ? bestScore * floor.ScoreShare : double.NegativeInfinity;
        if (mode is SearchMode.Dense or SearchMode.Fused || floor.TermShare == 0)
        {
            return;
        }

        ReadTerms(query);
        _termsDemanded = Math.Min(MostTermsDemanded, (int)Math.Ceiling(_terms.Count * floor.TermShare));
    }

    public bool Allows(PassageHit hit) => hit.Score >= _leastScore && (_termsDemanded == 0 || HasEnoughTerms(hit.Passage));

    private bool HasEnoughTerms(Passage passage)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var hasLesser = false;
        var terms = _terms.GetAlternateLookup<ReadOnlySpan<char>>();
        var lesserTerms = _lesserTerms.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in (IEnumerable<string>)[passage.Title, .. passage.HeadingPath, passage.Text])
        {
            BilingualAnalyzer.Documents.Analyze(text, term =>
            {
                if (terms.TryGetValue(term, out var known))
                {
                    found.Add(known);
                }

                hasLesser |= lesserTerms.Contains(term);
            });
        }

        // A hit that shares nothing at all with the query, in another language perhaps, was not found by words: they cannot judge it.
        return found.Count >= _termsDemanded || (found.Count == 0 && !hasLesser);
    }

    /// <summary>
    /// The terms of the query's content words, of a run of ideographs its pairs. The others are lesser: single ideographs and words that ask
    /// occur everywhere, and a passage that shares only them is about something else.
    /// </summary>
    private void ReadTerms(string query)
    {
        foreach (var word in QuestionReading.Of(query).Content)
        {
            var hasPairs = word.Length > 1 && ChineseQuestionWords.IsIdeograph(word[0]);
            BilingualAnalyzer.Queries.Analyze(word, term =>
            {
                if (!hasPairs || term.Length > 1)
                {
                    _terms.Add(term.ToString());
                }
            });
        }

        BilingualAnalyzer.Queries.Analyze(query, term => _lesserTerms.Add(term.ToString()));
        _lesserTerms.ExceptWith(_terms);
    }
}
