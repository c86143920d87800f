namespace Agent.Core.Retrieval.Documents;

/// <summary>PDF: known, so that the user is told what to do, and not read.</summary>
public sealed class PdfReader : IDocumentReader
{
    /// <inheritdoc/>
    public string Format => "PDF";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".pdf"];

    /// <inheritdoc/>
    public IReadOnlyList<string> MediaTypes { get; } = ["application/pdf"];

    /// <inheritdoc/>
    public bool IsSupported => false;

    /// <inheritdoc/>
    /// <exception cref="DocumentException">Always.</exception>
    public SourceDocument Read(DocumentContent content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        throw new DocumentException(content.Name, "PDF cannot be read", "Save the document as DOCX, HTML, Markdown or plain text and give that file instead.");
    }
}
