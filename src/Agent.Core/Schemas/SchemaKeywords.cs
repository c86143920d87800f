using System.Collections.Frozen;
using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Core.Names;
using Agent.Core.Schemas.Patterns;

namespace Agent.Core.Schemas;

/// <summary>Reads the keywords of one schema object; a keyword of the wrong form is an error that names it.</summary>
internal sealed class SchemaKeywords(SchemaCompiler compiler, SchemaNode node)
{
    private const string CountFix = "Give a whole number from 0.";

    private static readonly FrozenSet<string> s_enforced = new[]
    {
        "type", "nullable", "enum", "const", "minLength", "maxLength", "pattern", "format", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "properties", "required", "additionalProperties",
        "patternProperties", "propertyNames", "minProperties", "maxProperties", "dependentRequired", "items", "prefixItems",
        "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems", "allOf", "anyOf", "oneOf", "not",
        "if", "then", "else", "$ref", "$defs", "definitions",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> s_annotations = new[]
    {
        "title", "description", "default", "example", "examples", "$schema", "$id", "$comment", "deprecated", "readOnly",
        "writeOnly", "contentEncoding", "contentMediaType",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> s_replacements = new Dictionary<string, string>
    {
        ["additionalItems"] = "Use \"prefixItems\" with \"items\".",
        ["dependencies"] = "Use \"dependentRequired\", or \"if\" and \"then\".",
        ["dependentSchemas"] = "Use \"if\" with \"required\", and \"then\".",
        ["unevaluatedProperties"] = "List all properties in one place and use \"additionalProperties\".",
        ["unevaluatedItems"] = "Use \"items\": false after \"prefixItems\".",
        ["$anchor"] = "Refer by JSON pointer: \"#/$defs/NAME\".",
        ["$dynamicRef"] = "Use \"$ref\" with a JSON pointer.",
        ["$dynamicAnchor"] = "Use \"$ref\" with a JSON pointer.",
        ["$recursiveRef"] = "Use \"$ref\": \"#\".",
        ["$recursiveAnchor"] = "Use \"$ref\": \"#\".",
        ["id"] = "Use \"$id\" at the root, or remove it.",
        ["extends"] = "Use \"allOf\".",
        ["divisibleBy"] = "Use \"multipleOf\".",
        ["discriminator"] = "Give each alternative of \"oneOf\" a property with \"const\".",
        ["contentSchema"] = "Describe the content in the description.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public JsonSchemaException Fault(string keyword, string problem, string fix, Exception? cause = null) =>
        compiler.Fault(PointerTo(keyword), problem, fix, cause);

    public string PointerTo(string keyword) => JsonPointer.Append(node.Pointer, keyword);

    public void RefuseUnknown()
    {
        foreach (var property in node.Source.EnumerateObject())
        {
            var name = property.Name;
            if (s_enforced.Contains(name))
            {
                continue;
            }

            if (name == "$id" && node.Pointer.Length > 0)
            {
                throw Fault(name, "an $id below the root changes what references mean, which is not supported", "Remove it.");
            }

            if (!s_annotations.Contains(name))
            {
                throw Fault(name, $"the keyword {JsonText.Quote(name)} cannot be enforced", FixFor(name));
            }
        }
    }

    public JsonElement? Find(string keyword) => node.Source.TryGetProperty(keyword, out var value) ? value : null;

    public JsonElement? Array(string keyword) => Find(keyword) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Array ? value : throw Mismatch(keyword, value, "a list", "Write [ ... ].");

    public bool? Flag(string keyword) => Find(keyword) is not { } value
        ? null
        : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Mismatch(keyword, value, "true or false", "Write true or false, without quotes."),
        };

    public string? Text(string keyword) => Find(keyword) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Mismatch(keyword, value, "a string", "Put it in quotes.");

    public JsonElement? Number(string keyword)
    {
        if (Find(keyword) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number)
        {
            throw Mismatch(keyword, value, "a number", keyword.StartsWith("exclusive", StringComparison.Ordinal)
                ? "Give the bound itself: the form with true or false belongs to draft 4."
                : "Give a number, without quotes.");
        }

        return ExactNumber.From(value).HasReasonableSize ? value : throw Fault(keyword, "the number is out of all proportion", "Give a number that fits in a double.");
    }

    /// <summary>A lower and an upper bound on a count; null without either.</summary>
    public (int Least, int? Most)? Range(string leastKeyword, string mostKeyword)
    {
        var least = Count(leastKeyword);
        var most = Count(mostKeyword);
        if (least > most)
        {
            throw Fault(leastKeyword, $"{least} is above {mostKeyword}, {most}: nothing fits", $"Lower it, or raise {mostKeyword}.");
        }

        return least is null && most is null ? null : (least ?? (leastKeyword == "minContains" ? 1 : 0), most);
    }

    public IReadOnlyList<string>? Texts(string keyword) => Array(keyword) is { } list ? ReadTexts(keyword, list) : null;

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? TextLists(string keyword)
    {
        if (Object(keyword) is not { } map)
        {
            return null;
        }

        var lists = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var property in map.EnumerateObject())
        {
            lists.Add(property.Name, property.Value.ValueKind == JsonValueKind.Array
                ? ReadTexts(keyword, property.Value)
                : throw Mismatch(keyword, property.Value, "a list of property names for each property", "Write {\"a\": [\"b\"]}."));
        }

        return lists;
    }

    public SchemaNode? Schema(string keyword) => Find(keyword) is { } value ? compiler.NodeAt(PointerTo(keyword), value) : null;

    public IReadOnlyList<SchemaNode>? SchemaList(string keyword)
    {
        if (Array(keyword) is not { } list)
        {
            return null;
        }

        if (list.GetArrayLength() == 0)
        {
            throw Fault(keyword, "the list is empty", "List at least one schema, or remove the keyword.");
        }

        return [.. list.EnumerateArray().Select((schema, i) => compiler.NodeAt(JsonPointer.Append(PointerTo(keyword), i.ToString()), schema))];
    }

    public Dictionary<string, SchemaNode>? Schemas(string keyword) => Object(keyword)?
        .EnumerateObject()
        .ToDictionary(
            property => property.Name,
            property => compiler.NodeAt(JsonPointer.Append(PointerTo(keyword), property.Name), property.Value),
            StringComparer.Ordinal);

    /// <summary>Compiles definitions even if nothing refers to them: what cannot be enforced is an error anywhere.</summary>
    public void CompileDefinitions(string keyword) => Schemas(keyword);

    public SchemaPattern Pattern(string keyword, string pattern)
    {
        try
        {
            return compiler.Patterns.Compile(pattern);
        }
        catch (Exception e) when (e is EcmaPatternException or RegexParseException or NotSupportedException)
        {
            var reason = e is EcmaPatternException
                ? e.Message
                : e is NotSupportedException ? "it is too large to be matched in bounded time" : $"it is not a regular expression ({e.Message.TrimEnd('.')})";
            throw Fault(keyword, $"the pattern {JsonText.Quote(pattern)} cannot be enforced: {reason}", "Simplify it, or use minLength, maxLength, enum or format, or describe the form in the description.", e);
        }
    }

    private static string FixFor(string name)
    {
        if (s_replacements.TryGetValue(name, out var replacement))
        {
            return replacement;
        }

        return NearestName.Find(name, s_enforced.Concat(s_annotations)) is { } near
            ? $"Did you mean \"{near}\"?"
            : "Remove it; what it says can stand in the description.";
    }

    private JsonElement? Object(string keyword) => Find(keyword) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Object ? value : throw Mismatch(keyword, value, "an object", "Write { ... }.");

    private int? Count(string keyword)
    {
        if (Number(keyword) is not { } number)
        {
            return null;
        }

        if (!ExactNumber.From(number).IsInteger || number.GetDouble() < 0)
        {
            throw Fault(keyword, $"{JsonText.Show(number)} is not a count", CountFix);
        }

        // More than can be held is the same as the most that can be held.
        return (int)Math.Min(number.GetDouble(), int.MaxValue);
    }

    private ReadOnlyCollection<string> ReadTexts(string keyword, JsonElement list)
    {
        var texts = new List<string>(list.GetArrayLength());
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                throw Mismatch(keyword, item, "a list of property names", "Put every name in quotes.");
            }

            var text = item.GetString()!;
            if (known.Add(text))
            {
                texts.Add(text);
            }
        }

        return texts.AsReadOnly();
    }

    private JsonSchemaException Mismatch(string keyword, JsonElement value, string wanted, string fix) =>
        Fault(keyword, $"it must be {wanted}, but is {JsonText.Describe(value)}", keyword == "required" && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? "Put the name into the list \"required\" of the object around it."
            : fix);
}
