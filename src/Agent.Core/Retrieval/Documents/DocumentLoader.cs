namespace Agent.Core.Retrieval.Documents;

/// <summary>From a file or its bytes to a document: picks the reader and holds the limits. Immutable and thread-safe.</summary>
public sealed class DocumentLoader
{
    private readonly DocumentLimits _limits;
    private readonly Dictionary<string, IDocumentReader> _byExtension = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IDocumentReader> _byMediaType = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Creates a loader.</summary>
    /// <param name="limits">Bounds on files; null for <see cref="DocumentLimits.Default"/>.</param>
    /// <param name="readers">The formats; null for <see cref="DocumentReaders.Default"/>. Of two for one extension the later is used.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of range.</exception>
    public DocumentLoader(DocumentLimits? limits = null, IReadOnlyList<IDocumentReader>? readers = null)
    {
        _limits = limits ?? DocumentLimits.Default;
        _limits.Validate();
        foreach (var reader in readers ?? DocumentReaders.Default)
        {
            foreach (var extension in reader.Extensions)
            {
                _byExtension[extension] = reader;
            }

            foreach (var mediaType in reader.MediaTypes)
            {
                _byMediaType[mediaType] = reader;
            }
        }
    }

    /// <summary>Extensions of files that can be read, in order.</summary>
    public IReadOnlyList<string> Extensions =>
        [.. _byExtension.Where(pair => pair.Value.IsSupported).Select(pair => pair.Key).Order(StringComparer.Ordinal)];

    /// <summary>Whether files of an extension are documents, those included that are only refused with advice.</summary>
    /// <param name="extension">The extension with its dot, in any case.</param>
    public bool Knows(string extension) => _byExtension.ContainsKey(extension);

    /// <summary>Reads a file of the disk.</summary>
    /// <param name="path">The file; its extension names the format.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="DocumentException">The file cannot be opened, has no reader, is damaged, or is beyond a limit.</exception>
    public async Task<SourceDocument> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var reader = Find(path, mediaType: null);
        return Read(reader, path, await ReadBytesAsync(path, cancellationToken).ConfigureAwait(false), cancellationToken);
    }

    /// <summary>The bytes of a file of the disk, for <see cref="Load"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="DocumentException">The file cannot be opened or read, or is larger than the limit.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadBytesAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DocumentException(path, "The file cannot be opened", "Check that it exists and that this user may read it.", exception);
        }

        await using (stream.ConfigureAwait(false))
        {
            return await ReadBytesAsync(stream, path, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a stream to its end; it stays open. At most one byte more than the limit is taken from it.</summary>
    /// <param name="stream">The file's bytes.</param>
    /// <param name="name">The file's name, for messages and, by its extension, for the format.</param>
    /// <param name="mediaType">The media type if known, with or without parameters; it goes before the extension. Null if not known.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="DocumentException">The content has no reader, is damaged, or is beyond a limit.</exception>
    public async Task<SourceDocument> LoadAsync(Stream stream, string name, string? mediaType = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var reader = Find(name, mediaType);
        return Read(reader, name, await ReadBytesAsync(stream, name, cancellationToken).ConfigureAwait(false), cancellationToken);
    }

    /// <summary>Reads a file that is in memory.</summary>
    /// <param name="bytes">All of the file; must not change during the call.</param>
    /// <param name="name">The file's name, for messages and, by its extension, for the format.</param>
    /// <param name="mediaType">The media type if known, with or without parameters; it goes before the extension. Null if not known.</param>
    /// <param name="cancellationToken">Ends the work early.</param>
    /// <exception cref="DocumentException">The content has no reader, is damaged, or is beyond a limit.</exception>
    public SourceDocument Load(ReadOnlyMemory<byte> bytes, string name, string? mediaType = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var reader = Find(name, mediaType);
        return bytes.Length <= _limits.MaxBytes ? Read(reader, name, bytes, cancellationToken) : throw TooLarge(name);
    }

    private async Task<ReadOnlyMemory<byte>> ReadBytesAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        try
        {
            var left = stream.CanSeek ? stream.Length - stream.Position : 0;
            if (left > _limits.MaxBytes)
            {
                throw TooLarge(name);
            }

            using var bytes = new MemoryStream((int)left);
            var buffer = new byte[81_920];
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (bytes.Length + read > _limits.MaxBytes)
                {
                    throw TooLarge(name);
                }

                bytes.Write(buffer, 0, read);
            }

            return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DocumentException(name, "The file cannot be read", "Check the disk or connection that it comes from and try again.", exception);
        }
    }

    private SourceDocument Read(IDocumentReader reader, string name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty)
        {
            throw Empty(name);
        }

        SourceDocument document;
        try
        {
            document = reader.Read(new DocumentContent(name, bytes, _limits), cancellationToken);
        }
        catch (Exception exception) when (exception is not (DocumentException or OperationCanceledException or OutOfMemoryException))
        {
            // Parsers of other people throw what they like at damaged input; one file must not end an ingest of thousands.
            throw new DocumentException(name, $"The file is damaged or is no {reader.Format}", "Open it in the program that made it, save it anew and try again.", exception);
        }

        return document.Blocks.Count > 0 ? document : throw Empty(name);
    }

    private IDocumentReader Find(string name, string? mediaType)
    {
        var type = mediaType.AsSpan();
        if (type.IndexOf(';') is >= 0 and var end)
        {
            type = type[..end];
        }

        // A media type that says nothing (application/octet-stream, text/plain for everything) gives way to the extension.
        var extension = Path.GetExtension(name);
        var plain = type.Trim().ToString();
        if (_byMediaType.TryGetValue(plain, out var reader) && !(plain.Equals("text/plain", StringComparison.OrdinalIgnoreCase) && _byExtension.ContainsKey(extension)))
        {
            return reader;
        }

        return _byExtension.TryGetValue(extension, out reader)
            ? reader
            : throw new DocumentException(
                name,
                extension.Length == 0 ? "The file has no extension that tells its format" : $"No reader is known for '{extension}'",
                $"Use one of {string.Join(", ", Extensions)}.");
    }

    private static DocumentException Empty(string name) => new(name, "The file holds no text", "Leave it out, or check that it was saved.");

    private DocumentException TooLarge(string name) => DocumentException.OverLimit(name, $"The file is larger than {_limits.MaxBytes:N0} bytes");
}
