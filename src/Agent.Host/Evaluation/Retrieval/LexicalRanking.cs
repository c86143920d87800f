using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Lexical;
using Agent.Core.Retrieval.Text;

namespace Agent.Host.Evaluation.Retrieval;

/// <summary>BM25 over the documents of a collection, each as a whole, in memory.</summary>
internal sealed class LexicalRanking
{
    private readonly IReadOnlyList<RetrievalDocument> _documents;
    private readonly IndexSearcher _searcher;

    /// <summary>Indexes the documents.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="cancellationToken">Stops between two documents.</param>
    /// <exception cref="OperationCanceledException">The indexing was stopped.</exception>
    public LexicalRanking(IReadOnlyList<RetrievalDocument> documents, CancellationToken cancellationToken)
    {
        _documents = documents;
        var builder = new IndexSegmentBuilder();
        var counter = new TermCounter(BilingualAnalyzer.Documents);
        for (var i = 0; i < documents.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            builder.Add(i, counter.Count(documents[i].Text, out var length), length);
        }

        _searcher = new IndexSearcher(new IndexSnapshot([LiveDocuments.All(builder.Build())]));
    }

    /// <summary>The ids of the best documents, best first.</summary>
    /// <param name="query">The query.</param>
    /// <param name="count">The most documents wanted; at least 1.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="OperationCanceledException">The search was ended.</exception>
    public IReadOnlyList<string> Search(string query, int count, CancellationToken cancellationToken) =>
        [.. _searcher.Search(QueryTerms.Of(BilingualAnalyzer.Queries, query), count, filter: null, cancellationToken).Select(hit => _documents[hit.Document].Id)];
}
