using System.Security.Cryptography;
using Agent.Core.Retrieval.Chunks;
using Agent.Core.Retrieval.Documents;
using Agent.Core.Retrieval.Lexical;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Text;

namespace Agent.Core.Retrieval.Ingest;

/// <summary>From a file to a document that can be stored: read, hashed, parsed, cut, counted. Not thread-safe; each worker has its own.</summary>
internal sealed class FilePreparation(DocumentLoader loader, IngestOptions options)
{
    // Grows where readers, chunker or what is stored change so that the same file gives other passages.
    private const int ReaderVersion = 1;

    private readonly Chunker _chunker = new(options.Chunks, options.TokenCounter);
    private readonly TermCounter _counter = new(BilingualAnalyzer.Documents);
    private readonly string _recipe = $"{ReaderVersion}/{options.Chunks.MaxTokens}/{options.TokenCounterName}/{DocumentLabels.Fingerprint(options)}";

    /// <summary>Prepares a file, as far as it changed.</summary>
    /// <param name="file">The file.</param>
    /// <param name="known">What the collection knows of it; null if it is new.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<PreparedFile> PrepareAsync(ScannedFile file, DocumentStamp? known, CancellationToken cancellationToken)
    {
        var prepared = new PreparedFile(file, known);
        if (known is not null && known.Recipe == _recipe && known.Size == file.Size && known.Modified == file.Modified)
        {
            return prepared;
        }

        try
        {
            var bytes = await loader.ReadBytesAsync(file.Path, cancellationToken).ConfigureAwait(false);
            var stamp = new DocumentStamp { Hash = Convert.ToHexStringLower(SHA256.HashData(bytes.Span)), Recipe = _recipe, Size = bytes.Length, Modified = file.Modified };
            if (known is not null && known.Hash == stamp.Hash && known.Recipe == stamp.Recipe)
            {
                return prepared with { Touched = stamp };
            }

            var document = loader.Load(bytes, file.Path, mediaType: null, cancellationToken);
            var chunks = _chunker.Split(document, cancellationToken);
            return prepared with
            {
                Document = new IndexedDocument
                {
                    Source = file.Path,
                    Title = document.Title,
                    Stamp = stamp,
                    Tags = options.Tags,
                    Metadata = DocumentLabels.Merge(document.Metadata, options.Metadata),
                    Chunks = [.. chunks.Select(chunk => new IndexedChunk(chunk, _counter.Count(chunk.IndexText, out var length), length))],
                },
                Warnings = document.Warnings,
            };
        }
        catch (DocumentException exception)
        {
            return prepared with { Problem = new IngestProblem(file.Path, exception.Problem, exception.Fix) };
        }
    }
}
