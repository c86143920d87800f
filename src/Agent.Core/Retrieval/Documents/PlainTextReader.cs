namespace Agent.Core.Retrieval.Documents;

/// <summary>Plain text: paragraphs that blank lines set apart.</summary>
public sealed class PlainTextReader : IDocumentReader
{
    /// <inheritdoc/>
    public string Format => "plain text";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".txt", ".text", ".log"];

    /// <inheritdoc/>
    public IReadOnlyList<string> MediaTypes { get; } = ["text/plain"];

    /// <inheritdoc/>
    public SourceDocument Read(DocumentContent content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var text = content.DecodeText();
        var builder = new DocumentBuilder(content, cancellationToken);
        var start = 0;
        var position = 0;
        while (position < text.Length)
        {
            var end = text.IndexOf('\n', position);
            end = end < 0 ? text.Length : end;
            if (text.AsSpan(position, end - position).IsWhiteSpace())
            {
                builder.AddParagraph(text.AsSpan(start, position - start));
                start = end;
            }

            position = end + 1;
        }

        builder.AddParagraph(text.AsSpan(start));
        return builder.Build();
    }
}
