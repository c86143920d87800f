using System.Text.Json;

namespace Agent.Core.Retrieval.Documents;

/// <summary>
/// JSON: each object of an array, at the top or directly below it, becomes a record of lines <c>path: value</c>; what else the top holds is one
/// record. Nested values have paths such as <c>address.lines[0]</c>.
/// </summary>
public sealed class JsonReader : IDocumentReader
{
    /// <inheritdoc/>
    public string Format => "JSON";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".json"];

    /// <inheritdoc/>
    public IReadOnlyList<string> MediaTypes { get; } = ["application/json"];

    /// <inheritdoc/>
    public SourceDocument Read(DocumentContent content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var builder = new DocumentBuilder(content, cancellationToken);
        var records = new JsonRecords(content, builder);
        try
        {
            using var json = JsonDocument.Parse(JsonEscapes.WithoutHalves(content.DecodeText()), JsonRecords.Options(content.Limits));
            records.AddTop(json.RootElement);
        }
        catch (JsonException exception)
        {
            throw JsonRecords.Refuse(content, exception.LineNumber + 1, exception);
        }

        return builder.Build();
    }
}
