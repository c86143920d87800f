using System.Text.Json;
using Agent.Tools.Json;

namespace Agent.Tools.OpenApi;

/// <summary>
/// Writes a schema of a document as a schema of its own: references are replaced with what they refer to, OpenAPI's annotations
/// and what a request must not hold (readOnly) are left out, and OpenAPI's formats become keywords that can be enforced. What
/// remains is judged by the compiler of schemas, which refuses what it cannot enforce.
/// </summary>
internal sealed class SchemaExpander(OpenApiDocument document)
{
    private const int MaximumDepth = 32;
    private const int MaximumBytes = 64 * 1_024;
    private const string Base64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";

    // A discriminator never changes what is valid, by the specification; the rest only describes.
    private static readonly HashSet<string> LeftOut = new(StringComparer.Ordinal)
    {
        "xml", "externalDocs", "discriminator", "example", "examples", "title", "deprecated", "readOnly", "writeOnly", "$schema", "$comment", "$defs", "definitions",
    };

    private static readonly HashSet<string> Single = new(StringComparer.Ordinal)
    {
        "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
    };

    private static readonly HashSet<string> Lists = new(StringComparer.Ordinal) { "allOf", "anyOf", "oneOf", "prefixItems" };
    private static readonly HashSet<string> Maps = new(StringComparer.Ordinal) { "properties", "patternProperties" };

    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <param name="writer">Receives one JSON value.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="description">A description in the place of the schema's own; null keeps that.</param>
    /// <exception cref="OpenApiException">A reference cannot be replaced, or the result is too deep or too large.</exception>
    internal void Write(Utf8JsonWriter writer, JsonElement schema, string? description = null)
    {
        if (writer.CurrentDepth > MaximumDepth)
        {
            throw new OpenApiException($"a schema is nested deeper than {MaximumDepth} levels", "Choose another operation, or simplify the document");
        }

        if (writer.BytesCommitted + writer.BytesPending > MaximumBytes)
        {
            throw new OpenApiException($"its schema is larger than {MaximumBytes} bytes once references are replaced", "Choose another operation, or simplify the document");
        }

        if (OpenApiDocument.Reference(schema) is { } reference)
        {
            WriteReference(writer, schema, reference, description);
        }
        else if (schema.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            WriteMembers(writer, schema, description);
            writer.WriteEndObject();
        }
        else
        {
            schema.WriteTo(writer);
        }
    }

    private void WriteReference(Utf8JsonWriter writer, JsonElement schema, string reference, string? description)
    {
        if (!_open.Add(reference))
        {
            throw new OpenApiException($"the schema {reference} contains itself", "Choose another operation, or end the recursion in the document");
        }

        var target = document.Find(reference);
        description ??= JsonRead.Text(schema, "description");
        if (document.IsVersion30 || schema.EnumerateObject().All(member => member.Name is "$ref" or "description" || LeftOut.Contains(member.Name)))
        {
            Write(writer, target, description);
        }
        else
        {
            // Since 3.1 what stands beside a reference holds as well.
            writer.WriteStartObject();
            writer.WriteStartArray("allOf");
            Write(writer, target);
            foreach (var also in JsonRead.Items(schema, "allOf"))
            {
                Write(writer, also);
            }

            writer.WriteEndArray();
            WriteMembers(writer, schema, description, except: ["$ref", "allOf"]);
            writer.WriteEndObject();
        }

        _open.Remove(reference);
    }

    private void WriteMembers(Utf8JsonWriter writer, JsonElement schema, string? description, params string[] except)
    {
        if (description is not null)
        {
            writer.WriteString("description", OperationName.Cut(description));
        }

        foreach (var member in schema.EnumerateObject())
        {
            var name = member.Name;
            if (LeftOut.Contains(name) || name.StartsWith("x-", StringComparison.Ordinal) || except.Contains(name) || (name == "description" && description is not null))
            {
                continue;
            }

            WriteMember(writer, schema, member);
        }
    }

    private void WriteMember(Utf8JsonWriter writer, JsonElement schema, JsonProperty member)
    {
        var (name, value) = (member.Name, member.Value);
        if (Single.Contains(name))
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }
        else if (Lists.Contains(name) && value.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray(name);
            foreach (var item in value.EnumerateArray())
            {
                Write(writer, item);
            }

            writer.WriteEndArray();
        }
        else if (Maps.Contains(name) && value.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject(name);
            foreach (var property in value.EnumerateObject().Where(property => !IsReadOnly(property.Value)))
            {
                writer.WritePropertyName(property.Name);
                Write(writer, property.Value);
            }

            writer.WriteEndObject();
        }
        else if (name == "required" && value.ValueKind == JsonValueKind.Array)
        {
            WriteRequired(writer, schema, value);
        }
        else if (name == "format" && value.ValueKind == JsonValueKind.String)
        {
            WriteFormat(writer, schema, value.GetString()!);
        }
        else if (document.IsVersion30 && name is "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum")
        {
            WriteBound(writer, schema, member);
        }
        else if (name == "description" && value.ValueKind == JsonValueKind.String)
        {
            writer.WriteString(name, OperationName.Cut(value.GetString()!));
        }
        else
        {
            member.WriteTo(writer);
        }
    }

    private void WriteRequired(Utf8JsonWriter writer, JsonElement schema, JsonElement required)
    {
        var readOnly = JsonRead.Members(schema, "properties").Where(property => IsReadOnly(property.Value)).Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        writer.WriteStartArray("required");
        foreach (var item in required.EnumerateArray().Where(item => item.ValueKind != JsonValueKind.String || !readOnly.Contains(item.GetString()!)))
        {
            item.WriteTo(writer);
        }

        writer.WriteEndArray();
    }

    private bool IsReadOnly(JsonElement schema) => JsonRead.Flag(schema, "readOnly") ?? JsonRead.Flag(document.Resolve(schema), "readOnly") ?? false;

    private static void WriteFormat(Utf8JsonWriter writer, JsonElement schema, string format)
    {
        switch (format)
        {
            case "int32":
                WriteRange(writer, schema, int.MinValue, int.MaxValue);
                break;
            case "int64":
                WriteRange(writer, schema, long.MinValue, long.MaxValue);
                break;
            case "byte" when !schema.TryGetProperty("pattern", out _):
                writer.WriteString("pattern", Base64);
                break;
            case "float" or "double" or "password":
                // Precision and display: every number, every text has them.
                break;
            default:
                writer.WriteString("format", format);
                break;
        }
    }

    private static void WriteRange(Utf8JsonWriter writer, JsonElement schema, long minimum, long maximum)
    {
        if (!schema.TryGetProperty("minimum", out _) && !schema.TryGetProperty("exclusiveMinimum", out _))
        {
            writer.WriteNumber("minimum", minimum);
        }

        if (!schema.TryGetProperty("maximum", out _) && !schema.TryGetProperty("exclusiveMaximum", out _))
        {
            writer.WriteNumber("maximum", maximum);
        }
    }

    // In 3.0 "exclusiveMinimum: true" says of "minimum" what a number under its own name says since 3.1.
    private static void WriteBound(Utf8JsonWriter writer, JsonElement schema, JsonProperty member)
    {
        var isExclusive = member.Name.StartsWith("exclusive", StringComparison.Ordinal);
        if (isExclusive && member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return;
        }

        var exclusive = member.Name == "minimum" ? "exclusiveMinimum" : "exclusiveMaximum";
        writer.WritePropertyName(!isExclusive && JsonRead.Flag(schema, exclusive) == true ? exclusive : member.Name);
        member.Value.WriteTo(writer);
    }
}
