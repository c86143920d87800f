using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Lexical;
using Agent.Core.Retrieval.Text;

namespace Agent.Host.Evaluation.Retrieval;

/// <summary>BM25 over the documents of a collection, each as a whole, in memory.</summary>
internal sealed class LexicalRanking
{
    private readonly IReadOnlyList<RetrievalDocument> _documents;
    private readonly IndexSearcher _searcher;

    public LexicalRanking(IReadOnlyList<RetrievalDocument> documents)
    {
        _documents = documents;
        var builder = new IndexSegmentBuilder();
        var counter = new TermCounter(BilingualAnalyzer.Documents);
        for (var i = 0; i < documents.Count; i++)
        {
            builder.Add(i, counter.Count(documents[i].Text, out var length), length);
        }

        _searcher = new IndexSearcher(new IndexSnapshot([LiveDocuments.All(builder.Build())]));
    }

    /// <summary>The ids of the best documents, best first.</summary>
    public IReadOnlyList<string> Search(string query, int count) =>
        [.. _searcher.Search(QueryTerms.Of(BilingualAnalyzer.Queries, query), count).Select(hit => _documents[hit.Document].Id)];
}
