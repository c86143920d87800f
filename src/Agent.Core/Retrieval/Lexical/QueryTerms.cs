using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Lexical;

/// <summary>The terms of a query, as many as a search takes.</summary>
public static class QueryTerms
{
    /// <summary>The terms in the order of the text; a term that occurs twice comes twice, and weighs twice.</summary>
    /// <param name="analyzer">The analyzer of the index, or one with its id.</param>
    /// <param name="query">The query; of a longer one, the first <see cref="IndexSearcher.MaxQueryTerms"/> terms count.</param>
    public static IReadOnlyList<string> Of(ITextAnalyzer analyzer, ReadOnlySpan<char> query)
    {
        ArgumentNullException.ThrowIfNull(analyzer);
        var terms = new List<string>();
        analyzer.Analyze(query, term =>
        {
            if (terms.Count < IndexSearcher.MaxQueryTerms)
            {
                terms.Add(term.ToString());
            }
        });
        return terms;
    }
}
