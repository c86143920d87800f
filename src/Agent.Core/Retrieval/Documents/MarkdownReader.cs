namespace Agent.Core.Retrieval.Documents;

/// <summary>
/// Markdown with front matter, ATX and underlined headings, lists, fenced and indented code, and pipe tables, in quotes too. Links become their text;
/// other marks stay, since models read them.
/// </summary>
public sealed class MarkdownReader : IDocumentReader
{
    /// <inheritdoc/>
    public string Format => "Markdown";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".md", ".markdown", ".mdx"];

    /// <inheritdoc/>
    public IReadOnlyList<string> MediaTypes { get; } = ["text/markdown", "text/x-markdown"];

    /// <inheritdoc/>
    public SourceDocument Read(DocumentContent content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var builder = new DocumentBuilder(content, cancellationToken);
        new MarkdownPass(content.DecodeText(), builder, cancellationToken).Run();
        return builder.Build();
    }
}
