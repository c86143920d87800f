using System.Text.Json;
using Agent.Core.Schemas;

namespace Agent.Core.Tests.Schemas;

internal static class SchemaTestExtensions
{
    private static readonly JsonDocumentOptions s_deep = new() { MaxDepth = 100_000 };

    public static JsonElement Json(this string text)
    {
        using var document = JsonDocument.Parse(text, s_deep);
        return document.RootElement.Clone();
    }

    public static JsonSchema Schema(this string text, JsonSchemaLimits? limits = null) => JsonSchema.Compile(text.Json(), limits);

    public static string[] Check(this JsonSchema schema, string instance) =>
        [.. schema.Validate(instance.Json()).Select(violation => violation.Message)];
}
