using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Documents whose texts every database takes alike, whoever made them.</summary>
internal static class StorableDocument
{
    /// <summary>The document with <see cref="WellFormedText"/>.</summary>
    public static IndexedDocument Of(IndexedDocument document) => document with
    {
        Source = WellFormedText.Of(document.Source),
        Title = WellFormedText.Of(document.Title),
        Tags = document.Tags.All(IsFit) ? document.Tags : [.. document.Tags.Select(WellFormedText.Of)],
        Metadata = document.Metadata.All(static pair => IsFit(pair.Key) && IsFit(pair.Value)) ? document.Metadata : Of(document.Metadata),
        Chunks = document.Chunks.All(IsFit) ? document.Chunks : [.. document.Chunks.Select(Of)],
    };

    private static bool IsFit(string text) => ReferenceEquals(WellFormedText.Of(text), text);

    private static bool IsFit(IndexedChunk indexed) => IsFit(indexed.Chunk.Text) && IsFit(indexed.Chunk.Id) && indexed.Chunk.HeadingPath.All(IsFit);

    private static IndexedChunk Of(IndexedChunk indexed) => IsFit(indexed)
        ? indexed
        : indexed with
        {
            Chunk = indexed.Chunk with
            {
                Id = WellFormedText.Of(indexed.Chunk.Id),
                Text = WellFormedText.Of(indexed.Chunk.Text),
                HeadingPath = [.. indexed.Chunk.HeadingPath.Select(WellFormedText.Of)],
            },
        };

    private static Dictionary<string, string> Of(IReadOnlyDictionary<string, string> metadata)
    {
        // Two names may become one.
        var fit = new Dictionary<string, string>(metadata.Count, StringComparer.Ordinal);
        foreach (var (key, value) in metadata)
        {
            fit[WellFormedText.Of(key)] = WellFormedText.Of(value);
        }

        return fit;
    }
}
