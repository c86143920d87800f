using System.IO.Compression;
using DocumentFormat.OpenXml.Packaging;

namespace Agent.Core.Retrieval.Documents;

/// <summary>Word documents (DOCX): headings by style, paragraphs, lists, tables row by row. Pictures, comments and deleted text are left out.</summary>
public sealed class DocxReader : IDocumentReader
{
    // Below this a part harms nobody, however well it was packed.
    private const long AlwaysUnpacked = 1024 * 1024;
    private const int MaxParts = 10_000;

    /// <inheritdoc/>
    public string Format => "Word document";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".docx", ".docm"];

    /// <inheritdoc/>
    public IReadOnlyList<string> MediaTypes { get; } = ["application/vnd.openxmlformats-officedocument.wordprocessingml.document"];

    /// <inheritdoc/>
    public SourceDocument Read(DocumentContent content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var builder = new DocumentBuilder(content, cancellationToken);
        try
        {
            using var packed = new MemoryStream(content.Bytes.ToArray(), writable: false);
            ThrowIfBomb(content, packed, cancellationToken);
            packed.Position = 0;
            using var word = WordprocessingDocument.Open(packed, isEditable: false);
            var main = word.MainDocumentPart ?? throw new DocumentException(content.Name, "The Word document has no text part", "Open it in the program that made it and save it anew.");
            builder.SetTitle(word.PackageProperties.Title);
            Describe("author", word.PackageProperties.Creator);
            Describe("subject", word.PackageProperties.Subject);
            Describe("keywords", word.PackageProperties.Keywords);
            var styles = DocxStyles.Read(content, main.StyleDefinitionsPart);
            using var text = main.GetStream(FileMode.Open, FileAccess.Read);
            new DocxWalk(content, builder, styles).Run(text, cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or OpenXmlPackageException or FileFormatException or System.Xml.XmlException)
        {
            throw new DocumentException(content.Name, "The Word document is damaged or cut short", "Open it in the program that made it, save it anew and try again.", exception);
        }

        return builder.Build();

        void Describe(string key, string? value)
        {
            if (value is not null)
            {
                builder.SetMetadata(key, value);
            }
        }
    }

    /// <summary>Unpacks every part once into nothing: the sizes that an archive states of itself are claims.</summary>
    private static void ThrowIfBomb(DocumentContent content, Stream packed, CancellationToken cancellationToken)
    {
        using var archive = new ZipArchive(packed, ZipArchiveMode.Read, leaveOpen: true);
        if (archive.Entries.Count > MaxParts)
        {
            throw new DocumentException(content.Name, $"The Word document has more than {MaxParts:N0} parts", "Save it anew without embedded files.");
        }

        var total = 0L;
        var buffer = new byte[81_920];
        foreach (var entry in archive.Entries)
        {
            var most = Math.Max(AlwaysUnpacked, entry.CompressedLength * content.Limits.MaxCompressionRatio);
            var size = 0L;
            if (entry.Length > most)
            {
                throw Bomb(content, entry);
            }

            using var part = entry.Open();
            int read;
            while ((read = part.Read(buffer)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                size += read;
                total += read;
                if (size > most || total > content.Limits.MaxUnpackedBytes)
                {
                    throw Bomb(content, entry);
                }
            }
        }
    }

    private static DocumentException Bomb(DocumentContent content, ZipArchiveEntry entry) => new(
        content.Name,
        $"The part '{(entry.FullName.Length > 100 ? entry.FullName[..100] : entry.FullName)}' unpacks to more than the limits allow",
        "Remove large embedded content, or raise the limits if you trust the file.");
}
