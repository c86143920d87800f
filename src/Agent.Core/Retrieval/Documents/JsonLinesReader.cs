using System.Text.Json;

namespace Agent.Core.Retrieval.Documents;

/// <summary>JSON Lines: each line is a value of its own and becomes a record of lines <c>path: value</c>.</summary>
public sealed class JsonLinesReader : IDocumentReader
{
    /// <inheritdoc/>
    public string Format => "JSON Lines";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".jsonl", ".ndjson"];

    /// <inheritdoc/>
    public IReadOnlyList<string> MediaTypes { get; } = ["application/jsonl", "application/x-ndjson", "application/json-lines"];

    /// <inheritdoc/>
    public SourceDocument Read(DocumentContent content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var builder = new DocumentBuilder(content, cancellationToken);
        var records = new JsonRecords(content, builder);
        var text = JsonEscapes.WithoutHalves(content.DecodeText()).AsMemory();
        for (var line = 1L; !text.IsEmpty; line++)
        {
            var end = text.Span.IndexOf('\n');
            var value = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (value.Span.IsWhiteSpace())
            {
                continue;
            }

            try
            {
                using var json = JsonDocument.Parse(value, JsonRecords.Options(content.Limits));
                records.AddRecord(json.RootElement);
            }
            catch (JsonException exception)
            {
                throw JsonRecords.Refuse(content, line, exception);
            }
        }

        return builder.Build();
    }
}
