using Agent.Core.Retrieval.Index;
using Agent.Core.Retrieval.Lexical;
using Agent.Core.Retrieval.Text;

namespace Agent.Host.Evaluation.Retrieval;

/// <summary>BM25 over the documents of a collection, each as a whole, in memory.</summary>
internal sealed class LexicalRanking : IDocumentRanking
{
    private readonly IndexSearcher _searcher;

    /// <summary>Indexes the documents.</summary>
    /// <param name="documents">The documents.</param>
    /// <param name="cancellationToken">Stops between two documents.</param>
    /// <exception cref="OperationCanceledException">The indexing was stopped.</exception>
    public LexicalRanking(IReadOnlyList<RetrievalDocument> documents, CancellationToken cancellationToken)
    {
        var builder = new IndexSegmentBuilder();
        var counter = new TermCounter(BilingualAnalyzer.Documents);
        for (var i = 0; i < documents.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            builder.Add(i, counter.Count(documents[i].Text, out var length), length);
        }

        _searcher = new IndexSearcher(new IndexSnapshot([LiveDocuments.All(builder.Build())]));
    }

    /// <inheritdoc/>
    public string Name => "lexical";

    /// <inheritdoc/>
    public Task<IReadOnlyList<SearchHit>> SearchAsync(string query, int count, CancellationToken cancellationToken) =>
        Task.FromResult(_searcher.Search(QueryTerms.Of(BilingualAnalyzer.Queries, query), count, filter: null, cancellationToken));
}
