using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Core.Schemas;

namespace Agent.Tools.Registry.Schema;

/// <summary>The JSON Schema 2020-12 of a tools file, with which editors complete and check it while it is written.</summary>
/// <remarks>
/// It says less than <c>agent tools check</c>, which knows the environment, registered functions, databases and documents; what
/// it refuses, the check refuses too.
/// </remarks>
public static class ToolsFileSchema
{
    private const string Resource = "Agent.Tools.tools-file.schema.json";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the schema, indented, with a line break at the end.</summary>
    /// <param name="kinds">The kinds that <c>kind</c> may name, their options chosen by it; null for <see cref="ToolKinds.Default"/>.</param>
    public static string Write(IEnumerable<IToolKind>? kinds = null)
    {
        var root = LoadFrame();
        var definitions = root["$defs"]!.AsObject();
        var tool = definitions["tool"]!.AsObject();
        var names = new JsonArray();
        var choices = new JsonArray();
        foreach (var kind in (kinds ?? ToolKinds.Default).OrderBy(kind => kind.Name, StringComparer.Ordinal))
        {
            var definition = $"options_{kind.Name}";
            var isRequired = JsonSchema.Compile(kind.OptionsSchema).Validate(JsonElement.Parse("{}")).Count > 0;
            names.Add(kind.Name);
            choices.Add(Choice(kind, definition, isRequired));
            definitions.Add(definition, Embed(kind.OptionsSchema, definition, isRequired));
        }

        tool["properties"]!["kind"]!["enum"] = names;
        tool["allOf"] = choices;
        return root.ToJsonString(Readable) + "\n";
    }

    private static JsonObject LoadFrame()
    {
        using var stream = typeof(ToolsFileSchema).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing.");
        return JsonNode.Parse(stream)!.AsObject();
    }

    /// <param name="kind">The kind.</param>
    /// <param name="definition">Where the schema of its options stands.</param>
    /// <param name="isRequired">Whether some option must be given.</param>
    private static JsonObject Choice(IToolKind kind, string definition, bool isRequired)
    {
        var then = new JsonObject
        {
            ["properties"] = new JsonObject { ["options"] = new JsonObject { ["$ref"] = $"#/$defs/{definition}" } },
        };
        if (isRequired)
        {
            then["required"] = new JsonArray("options");
        }

        return new JsonObject
        {
            ["if"] = new JsonObject
            {
                ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = kind.Name } },
                ["required"] = new JsonArray("kind"),
            },
            ["then"] = then,
        };
    }

    /// <summary>A schema as a part of the whole: what named its root names its new place.</summary>
    private static JsonObject Embed(JsonElement schema, string definition, bool isRequired)
    {
        var node = JsonObject.Create(schema.Clone())!.DeepClone().AsObject();
        node.Remove("$schema");
        node.Remove("$id");
        if (!isRequired && node["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String)
        {
            // "options:" with every line under it commented out.
            node["type"] = new JsonArray(type.DeepClone(), "null");
        }

        Redirect(node, definition);
        return node;
    }

    private static void Redirect(JsonNode? node, string definition)
    {
        switch (node)
        {
            case JsonObject map:
                if (map["$ref"] is JsonValue reference && reference.TryGetValue(out string? target) && target.StartsWith('#'))
                {
                    map["$ref"] = $"#/$defs/{definition}{target[1..]}";
                }

                foreach (var (_, value) in map.ToList())
                {
                    Redirect(value, definition);
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    Redirect(item, definition);
                }

                break;
        }
    }
}
