namespace Agent.Core.Retrieval.Index;

/// <summary>
/// Fresh documents before they become a segment: they can be replaced and removed. It is meant to stay small (some thousand documents), since
/// <see cref="Freeze"/> after a change builds its segment anew. Thread-safe.
/// </summary>
public sealed class DeltaSegment
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, (TermCount[] Terms, int Length)> _documents = [];
    private IndexSegment? _frozen = IndexSegment.Empty;

    /// <summary>How many documents it holds.</summary>
    public int DocumentCount
    {
        get
        {
            lock (_lock)
            {
                return _documents.Count;
            }
        }
    }

    /// <summary>Adds a document, or replaces it. Older segments that hold it need it deleted.</summary>
    /// <param name="document">Its id; 0 or more.</param>
    /// <param name="terms">Its terms; copied.</param>
    /// <param name="length">Its length in terms; 0 or more.</param>
    /// <exception cref="ArgumentException">A term is empty or too long, or a number out of range.</exception>
    public void Set(int document, ReadOnlySpan<TermCount> terms, int length)
    {
        // A document that cannot be built is refused here and not when all are frozen.
        IndexSegmentBuilder.ThrowIfRefused(document, terms, length);
        lock (_lock)
        {
            _documents[document] = (terms.ToArray(), length);
            _frozen = null;
        }
    }

    /// <summary>Removes a document.</summary>
    /// <param name="document">Its id.</param>
    /// <returns>Whether it was here.</returns>
    public bool Remove(int document)
    {
        lock (_lock)
        {
            if (!_documents.Remove(document))
            {
                return false;
            }

            _frozen = null;
            return true;
        }
    }

    /// <summary>Forgets all documents, after their segment was stored.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _documents.Clear();
            _frozen = IndexSegment.Empty;
        }
    }

    /// <summary>The documents of this moment as a segment; the same one until something changes.</summary>
    public IndexSegment Freeze()
    {
        lock (_lock)
        {
            if (_frozen is null)
            {
                var builder = new IndexSegmentBuilder();
                foreach (var (document, (terms, length)) in _documents)
                {
                    builder.Add(document, terms, length);
                }

                _frozen = builder.Build();
            }

            return _frozen;
        }
    }
}
