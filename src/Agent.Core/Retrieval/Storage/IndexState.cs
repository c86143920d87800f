using System.Collections.Concurrent;
using Agent.Core.Retrieval.Index;

namespace Agent.Core.Retrieval.Storage;

/// <summary>The index of a collection at one version, in memory. Immutable but for a cache, and thread-safe.</summary>
internal sealed class IndexState
{
    private const int MaxFilters = 64;

    private readonly ConcurrentDictionary<string, DocumentSet> _filters = new(StringComparer.Ordinal);

    public IndexState(CollectionRow collection, long deletion, IReadOnlyList<(long Id, LiveDocuments Live)> segments, IReadOnlyList<LiveDocuments> fresh, Bm25Options options)
    {
        Collection = collection;
        Deletion = deletion;
        Segments = segments;
        Fresh = fresh;
        Searcher = new IndexSearcher(new IndexSnapshot([.. segments.Select(static segment => segment.Live), .. fresh]), options);
    }

    /// <summary>The collection's row.</summary>
    public CollectionRow Collection { get; }

    /// <summary>The last deletion that is accounted for.</summary>
    public long Deletion { get; }

    /// <summary>Stored segments.</summary>
    public IReadOnlyList<(long Id, LiveDocuments Live)> Segments { get; }

    /// <summary>Segments of chunks that are in no stored one yet.</summary>
    public IReadOnlyList<LiveDocuments> Fresh { get; }

    /// <summary>Searches all of them.</summary>
    public IndexSearcher Searcher { get; }

    /// <summary>Whether a chunk is in the collection at this version.</summary>
    public bool Contains(int chunk)
    {
        var segments = Searcher.Snapshot.Segments;
        for (var i = 0; i < segments.Count; i++)
        {
            if (segments[i].Contains(chunk))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The chunks that a filter allows, if they were asked for before.</summary>
    public bool TryGetFilter(PassageFilter filter, out DocumentSet? chunks) => _filters.TryGetValue(Key(filter), out chunks);

    /// <summary>Keeps the chunks that a filter allows.</summary>
    public void AddFilter(PassageFilter filter, DocumentSet chunks)
    {
        if (_filters.Count >= MaxFilters)
        {
            _filters.Clear();
        }

        _filters[Key(filter)] = chunks;
    }

    // Lengths before texts: no two filters have one key.
    private static string Key(PassageFilter filter) => string.Concat(
        filter.Tags.Order(StringComparer.Ordinal).Select(static tag => $"t{tag.Length}:{tag}")
            .Concat(filter.Metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"k{pair.Key.Length}:{pair.Key}{pair.Value.Length}:{pair.Value}")));
}
