using System.Security.Cryptography;
using System.Text;
using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Documents;
using Agent.Core.Retrieval.Lexical;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Tests.Retrieval.Storage;

/// <summary>Documents for a store, made of text.</summary>
internal static class StoredText
{
    /// <summary>Reads, cuts and counts a Markdown text, as an ingest does.</summary>
    public static IndexedDocument Of(string source, string markdown, IReadOnlyList<string>? tags = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var bytes = Encoding.UTF8.GetBytes(markdown);
        var document = new DocumentLoader().Load(bytes, source + ".md");
        var counter = new TermCounter(BilingualAnalyzer.Documents);
        return new IndexedDocument
        {
            Source = source,
            Title = document.Title,
            Stamp = new DocumentStamp { Hash = Convert.ToHexStringLower(SHA256.HashData(bytes)), Recipe = "test", Size = bytes.Length, Modified = DateTimeOffset.UnixEpoch },
            Chunks = [.. new Chunker(new ChunkOptions { MaxTokens = 32 }).Split(document).Select(chunk => new IndexedChunk(chunk, counter.Count(chunk.IndexText, out var length), length))],
            Tags = tags ?? [],
            Metadata = metadata ?? new Dictionary<string, string>(),
        };
    }
}
