using System.Text.Json.Nodes;

namespace Agent.Core.Tests.Chat.Constraints;

/// <summary>Random schemas of the keywords that constraints enforce, and values that may fit them.</summary>
internal sealed class RandomSchemas(Random random)
{
    private static readonly string[] Names = ["city", "cities", "c", "unit", "市", "date_from", "a b", "q\"t", "back\\slash", "tab\t", "é", "x-1", "name", "arguments", "\u0001"];
    private static readonly string[] Texts = ["", "a", "Paris", "广州", "a \"quoted\" word", "back\\slash", "line\nfeed", "emoji 😀", "\u0007", "</tool_call>", "{\"a\": 1}", "tab\t", "ünïcödé", "  ", "it's", "C:\\x\\\"y\""];
    private static readonly string[] Numbers = ["0", "1", "-1", "12", "3.5", "-0.25", "1e3", "100", "1.0", "12345678901234567890", "2.5e-7"];

    /// <summary>A schema of the arguments of a tool.</summary>
    public JsonObject ToolSchema()
    {
        var schema = ObjectSchema(3);
        schema["$defs"] = new JsonObject
        {
            ["node"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["value"] = Schema(0), ["next"] = new JsonObject { ["$ref"] = "#/$defs/node" }, ["all"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = "#/$defs/node" } } },
                ["required"] = new JsonArray("value"),
                ["additionalProperties"] = false,
            },
        };
        return schema;
    }

    /// <summary>A value that tries to fit a schema; the caller checks whether it does.</summary>
    public JsonNode? Instance(JsonObject root, JsonNode? node, int depth = 0)
    {
        if (node is not JsonObject schema)
        {
            return AnyInstance(2);
        }

        if (schema["$ref"] is { } reference)
        {
            return Instance(root, reference.GetValue<string>() == "#/$defs/node" ? root["$defs"]!["node"] : root, depth + 1);
        }

        if (schema["enum"] is JsonArray values)
        {
            return values[random.Next(values.Count)]?.DeepClone();
        }

        if (schema.TryGetPropertyValue("const", out var constant))
        {
            return constant?.DeepClone();
        }

        if ((schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"]) is JsonArray choices)
        {
            return Instance(root, choices[random.Next(choices.Count)], depth);
        }

        var type = schema["type"] switch
        {
            JsonArray types => types[random.Next(types.Count)]!.GetValue<string>(),
            JsonValue one => one.GetValue<string>(),
            _ => null,
        };
        return type switch
        {
            null => AnyInstance(2),
            "object" => ObjectInstance(root, schema, depth),
            "array" => ArrayInstance(root, schema, depth),
            "string" => Text(schema),
            "integer" => JsonNode.Parse(Pick("0", "7", "-12", "4.0", "2026")),
            "number" => JsonNode.Parse(Pick(Numbers)),
            "boolean" => random.Next(2) == 0,
            _ => null,
        };
    }

    private JsonObject Schema(int depth) => random.Next(depth > 0 ? 13 : 8) switch
    {
        0 => new JsonObject { ["type"] = "string" },
        1 => Lengths(new JsonObject { ["type"] = "string" }),
        2 => new JsonObject { ["type"] = Pick("integer", "number") },
        3 => new JsonObject { ["type"] = Pick("boolean", "null") },
        4 => new JsonObject { ["enum"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Scalar()).DistinctBy(v => v?.ToJsonString())]) },
        5 => new JsonObject { ["const"] = Scalar() },
        6 => new JsonObject { ["type"] = new JsonArray("string", "null") },
        7 => random.Next(4) == 0 ? new JsonObject() : new JsonObject { ["type"] = "string", ["nullable"] = true },
        8 => ObjectSchema(depth - 1),
        9 => ArraySchema(depth - 1),
        10 => new JsonObject { ["anyOf"] = new JsonArray(Schema(depth - 1), Schema(depth - 1)) },
        11 => new JsonObject { ["$ref"] = "#/$defs/node" },
        _ => new JsonObject { ["allOf"] = new JsonArray(ObjectSchema(depth - 1)), ["description"] = "x" },
    };

    private JsonObject ObjectSchema(int depth)
    {
        var names = Names.OrderBy(_ => random.Next()).Take(random.Next(0, 5)).ToList();
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(names.Select(n => KeyValuePair.Create(n, (JsonNode?)Schema(depth)))),
            ["required"] = new JsonArray([.. names.Where(_ => random.Next(2) == 0).Select(n => (JsonNode?)n)]),
        };
        switch (random.Next(6))
        {
            case 0:
                schema["additionalProperties"] = new JsonObject();
                break;
            case 1:
                schema["additionalProperties"] = Schema(0);
                break;
            case 2 when names.Count > 1:
                schema["additionalProperties"] = false;
                schema["minProperties"] = 1;
                schema["maxProperties"] = names.Count;
                break;
            case 3:
                break;
            default:
                schema["additionalProperties"] = false;
                break;
        }

        return schema;
    }

    private JsonObject ArraySchema(int depth)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Schema(depth) };
        if (random.Next(2) == 0)
        {
            schema["minItems"] = random.Next(3);
            schema["maxItems"] = 2 + random.Next(3);
        }

        if (random.Next(4) == 0)
        {
            schema["prefixItems"] = new JsonArray(Schema(0), Schema(0));
        }

        return schema;
    }

    private JsonObject Lengths(JsonObject schema)
    {
        var least = random.Next(3);
        schema["minLength"] = least;
        if (random.Next(2) == 0)
        {
            schema["maxLength"] = least + random.Next(12);
        }

        return schema;
    }

    private JsonObject ObjectInstance(JsonObject root, JsonObject schema, int depth)
    {
        var value = new JsonObject();
        var required = (schema["required"] as JsonArray ?? []).Select(n => n!.GetValue<string>()).ToHashSet();
        foreach (var (name, member) in (schema["properties"] as JsonObject ?? []).OrderBy(_ => random.Next()))
        {
            if (required.Contains(name) || (depth < 4 && random.Next(2) == 0))
            {
                value[name] = Instance(root, member, depth + 1);
            }
        }

        if ((schema["additionalProperties"] is JsonObject || schema["properties"] is null) && random.Next(3) == 0)
        {
            value[Pick("extra", "foo.", "z\"", "市场", "unit2", "tab\t2", "\u0002")] = Instance(root, schema["additionalProperties"], depth + 1);
        }

        return value;
    }

    private JsonArray ArrayInstance(JsonObject root, JsonObject schema, int depth)
    {
        var least = schema["minItems"]?.GetValue<int>() ?? 0;
        var most = schema["maxItems"]?.GetValue<int>() ?? 3;
        var first = schema["prefixItems"] as JsonArray ?? [];
        return [.. Enumerable.Range(0, depth > 4 ? least : random.Next(least, most + 1)).Select(i => Instance(root, i < first.Count ? first[i] : schema["items"], depth + 1))];
    }

    private JsonNode Text(JsonObject schema)
    {
        var least = schema["minLength"]?.GetValue<int>() ?? 0;
        return random.Next(4) == 0 ? new string('x', least) : Pick(Texts);
    }

    private JsonNode? AnyInstance(int depth) => random.Next(depth > 0 ? 4 : 2) switch
    {
        0 => Pick(Texts),
        1 => JsonNode.Parse(Pick(Numbers)),
        2 => new JsonArray(AnyInstance(depth - 1), null, true),
        _ => new JsonObject { [Pick(Names)] = AnyInstance(depth - 1) },
    };

    private JsonNode? Scalar() => random.Next(4) switch
    {
        0 => JsonNode.Parse(Pick(Numbers)),
        1 => JsonValue.Create(random.Next(2) == 0),
        2 when random.Next(3) == 0 => null,
        _ => Pick(Texts),
    };

    private string Pick(params string[] of) => of[random.Next(of.Length)];
}
