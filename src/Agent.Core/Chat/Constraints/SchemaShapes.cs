using System.Text;
using System.Text.Json;
using Agent.Core.Chat.Template;
using Agent.Core.Inference.Sampling.Constraints;
using Agent.Core.Names;
using Agent.Core.Schemas;
using Agent.Core.Schemas.Keywords;

namespace Agent.Core.Chat.Constraints;

/// <summary>Turns a JSON Schema into the shape of its values, as far as an automaton can follow it.</summary>
/// <remarks>
/// A shape allows every value of the schema in the form that models are trained on, but for properties that the schema neither names nor
/// mentions, and some values that validation refuses afterwards:
/// <c>pattern</c>, <c>format</c>, bounds of numbers, <c>multipleOf</c>, <c>uniqueItems</c>, <c>contains</c>, <c>not</c>, <c>if</c>,
/// <c>dependentRequired</c>, <c>propertyNames</c> and <c>patternProperties</c> are left to it, and of <c>oneOf</c> that only one fits.
/// </remarks>
internal sealed class SchemaShapes
{
    private const int MostShapes = 2000;
    private const int MostAlternatives = 16;
    private const int MostCounted = 256;
    private const JsonTypes AllTypes = JsonTypes.String | JsonTypes.Number | JsonTypes.Integer | JsonTypes.Boolean | JsonTypes.Object | JsonTypes.Array | JsonTypes.Null;

    private readonly JsonElement _root;
    private readonly Dictionary<string, JsonShape> _shapes = new(StringComparer.Ordinal);
    private readonly Queue<(JsonShape Shape, List<SchemaPlace> Places)> _pending = new();

    private SchemaShapes(JsonElement root) => _root = root;

    /// <summary>The shape of a schema's values.</summary>
    /// <param name="schema">A schema that compiled.</param>
    /// <returns>The shape; null where the schema is beyond what an automaton should hold.</returns>
    public static JsonShape? From(JsonSchema schema)
    {
        var shapes = new SchemaShapes(schema.Source);
        var root = shapes.ShapeOf([new SchemaPlace("", schema.Source)]);
        while (shapes._pending.TryDequeue(out var next))
        {
            if (shapes._shapes.Count > MostShapes)
            {
                return null;
            }

            next.Shape.Forms = shapes.FormsOf(next.Places);
        }

        JsonShape.Close(shapes._shapes.Values);
        return root;
    }

    /// <summary>The shape of values that fit several schemas at once; made once for each set of them.</summary>
    private JsonShape ShapeOf(List<SchemaPlace> places)
    {
        var distinct = places.Where(p => p.Schema.ValueKind != JsonValueKind.True).DistinctBy(p => p.Pointer).OrderBy(p => p.Pointer, StringComparer.Ordinal).ToList();
        if (distinct.Count == 0)
        {
            return JsonShape.AnyValue;
        }

        var key = string.Join('\n', distinct.Select(p => p.Pointer));
        if (!_shapes.TryGetValue(key, out var shape))
        {
            shape = new JsonShape();
            _shapes.Add(key, shape);
            _pending.Enqueue((shape, distinct));
        }

        return shape;
    }

    private List<JsonForm> FormsOf(List<SchemaPlace> places)
    {
        var forms = new List<JsonForm>();
        var literals = new List<byte[]>();
        foreach (var all in Alternatives(places))
        {
            AddForms(all, forms, literals);
        }

        if (literals.Count > 0)
        {
            forms.Add(new LiteralForm(literals));
        }

        return forms;
    }

    /// <summary>The sets of schemas of which one must hold as a whole: references and allOf joined, anyOf and oneOf chosen from.</summary>
    private List<List<SchemaPlace>> Alternatives(List<SchemaPlace> places)
    {
        var sets = new List<List<SchemaPlace>>();
        var open = new Stack<(List<SchemaPlace> Done, List<List<SchemaPlace>> Pending)>();
        open.Push(([], [.. places.Select(p => new List<SchemaPlace> { p })]));
        while (open.TryPop(out var set))
        {
            if (set.Pending.Count == 0)
            {
                sets.Add(set.Done);
                continue;
            }

            var choices = set.Pending[^1];
            set.Pending.RemoveAt(set.Pending.Count - 1);
            if (choices.Count == 1 ? Take(choices[0], set) : sets.Count + open.Count + choices.Count > MostAlternatives)
            {
                // Taken, or too many to be told apart, so that the choice is left to validation.
                open.Push(set);
            }
            else if (choices.Count > 1)
            {
                foreach (var choice in choices.AsEnumerable().Reverse())
                {
                    open.Push(([.. set.Done], [.. set.Pending, [choice]]));
                }
            }
        }

        return sets;
    }

    /// <summary>Adds a schema to a set, and what it leads to for the same value; false where nothing fits it.</summary>
    private bool Take(SchemaPlace place, (List<SchemaPlace> Done, List<List<SchemaPlace>> Pending) set)
    {
        if (place.Schema.ValueKind != JsonValueKind.Object || set.Done.Exists(d => d.Pointer == place.Pointer))
        {
            return place.Schema.ValueKind != JsonValueKind.False;
        }

        set.Done.Add(place);
        if (place.Schema.TryGetProperty("$ref", out var reference))
        {
            set.Pending.Add([Resolve(reference.GetString()!)]);
        }

        set.Pending.AddRange(List(place, "allOf").Select(p => new List<SchemaPlace> { p }));
        foreach (var keyword in (string[])["anyOf", "oneOf"])
        {
            if (List(place, keyword) is { Count: > 0 } choices)
            {
                set.Pending.Add(choices);
            }
        }

        return true;
    }

    private void AddForms(List<SchemaPlace> all, List<JsonForm> forms, List<byte[]> literals)
    {
        var types = all.Select(TypesOf).Aggregate(AllTypes, Both);
        if (ValuesOf(all) is { } values)
        {
            literals.AddRange(values.Where(v => TypeRule.Matches(types, v)).SelectMany(TextsOf));
            return;
        }

        if (types.HasFlag(JsonTypes.String))
        {
            forms.Add(StringOf(all));
        }

        if (types.HasFlag(JsonTypes.Integer))
        {
            forms.Add(types.HasFlag(JsonTypes.Number) ? NumberForm.Number : NumberForm.Integer);
        }

        if (types.HasFlag(JsonTypes.Boolean))
        {
            literals.AddRange(["true"u8.ToArray(), "false"u8.ToArray()]);
        }

        if (types.HasFlag(JsonTypes.Null))
        {
            literals.Add("null"u8.ToArray());
        }

        if (types.HasFlag(JsonTypes.Object))
        {
            forms.Add(ObjectOf(all));
        }

        if (types.HasFlag(JsonTypes.Array))
        {
            forms.Add(ArrayOf(all));
        }
    }

    private static StringForm StringOf(List<SchemaPlace> all)
    {
        var least = Math.Min(MostCounted, Bound(all, "minLength", greatest: true) ?? 0);
        return new StringForm(least, Bound(all, "maxLength", greatest: false) is { } most && most <= MostCounted ? most : null);
    }

    private JsonForm ObjectOf(List<SchemaPlace> all)
    {
        var names = all.SelectMany(p => Members(p).Select(m => m.Name).Concat(Required(p))).Distinct(StringComparer.Ordinal).ToList();
        var written = names.ConvertAll(Written);
        if (names.Count > ObjectForm.MostNames || written.Exists(w => Encoding.UTF8.GetByteCount(w) > ObjectForm.MostNameBytes))
        {
            return JsonShape.AnyObject.Forms[0];
        }

        var required = all.SelectMany(Required).ToHashSet(StringComparer.Ordinal);
        var properties = names.Select((name, i) => (written[i], ShapeOf(PlacesOf(all, name)), required.Contains(name))).ToList();
        return new ObjectForm(
            properties,
            OthersOf(all) is { } others ? ShapeOf(others) : null,
            Bound(all, "minProperties", greatest: true) ?? 0,
            Bound(all, "maxProperties", greatest: false) ?? int.MaxValue);
    }

    private ArrayForm ArrayOf(List<SchemaPlace> all)
    {
        var prefixes = all.ConvertAll(p => List(p, "prefixItems"));
        var first = new List<JsonShape>();
        for (var i = 0; i < Math.Min(MostCounted, prefixes.Max(p => p.Count)); i++)
        {
            first.Add(ShapeOf([.. all.SelectMany((p, at) => i < prefixes[at].Count ? [prefixes[at][i]] : Child(p, "items"))]));
        }

        var rest = all.SelectMany(p => Child(p, "items")).ToList();
        var least = Math.Min(MostCounted, Bound(all, "minItems", greatest: true) ?? 0);
        var most = Bound(all, "maxItems", greatest: false);
        return new ArrayForm(first, rest.Exists(p => p.Schema.ValueKind == JsonValueKind.False) ? null : ShapeOf(rest), least, most <= MostCounted ? most : null);
    }

    /// <summary>The schemas of a named property; what patterns say of it is left to validation.</summary>
    private static List<SchemaPlace> PlacesOf(List<SchemaPlace> all, string name) => [.. all.SelectMany(place =>
    {
        var member = Members(place).Where(m => m.Name == name).Select(m => new SchemaPlace(JsonPointer.Append(JsonPointer.Append(place.Pointer, "properties"), name), m.Value)).ToList();
        return member.Count > 0 || place.Schema.TryGetProperty("patternProperties", out _) ? member : Child(place, "additionalProperties");
    })];

    /// <summary>
    /// The schemas of properties without a name; null where there may be none. An object that names its properties and is silent about
    /// others gets no others: none is of use, and a small model that may invent names loses its way in them.
    /// </summary>
    private static List<SchemaPlace>? OthersOf(List<SchemaPlace> all)
    {
        if (all.Exists(p => p.Schema.TryGetProperty("properties", out _))
            && !all.Exists(p => p.Schema.TryGetProperty("additionalProperties", out _) || p.Schema.TryGetProperty("patternProperties", out _)))
        {
            return null;
        }

        var others = all.Where(p => !p.Schema.TryGetProperty("patternProperties", out _)).SelectMany(p => Child(p, "additionalProperties")).ToList();
        return others.Exists(p => p.Schema.ValueKind == JsonValueKind.False) ? null : others;
    }

    private SchemaPlace Resolve(string reference)
    {
        var pointer = Uri.UnescapeDataString(reference[1..]);
        return JsonPointer.TryResolve(_root, pointer, out var target)
            ? new SchemaPlace(pointer, target)
            : throw new InvalidOperationException($"The reference {reference} of a compiled schema leads nowhere.");
    }

    private static List<SchemaPlace> List(SchemaPlace place, string keyword) => place.Schema.TryGetProperty(keyword, out var list)
        ? [.. list.EnumerateArray().Select((schema, i) => new SchemaPlace($"{JsonPointer.Append(place.Pointer, keyword)}/{i}", schema))]
        : [];

    private static IEnumerable<SchemaPlace> Child(SchemaPlace place, string keyword) =>
        place.Schema.TryGetProperty(keyword, out var child) ? [new SchemaPlace(JsonPointer.Append(place.Pointer, keyword), child)] : [];

    private static List<JsonProperty> Members(SchemaPlace place) =>
        place.Schema.TryGetProperty("properties", out var properties) ? [.. properties.EnumerateObject()] : [];

    private static IEnumerable<string> Required(SchemaPlace place) =>
        place.Schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(n => n.GetString()!) : [];

    /// <summary>The narrowest of the bounds that several schemas set on a count.</summary>
    private static int? Bound(List<SchemaPlace> all, string keyword, bool greatest)
    {
        var bounds = all.Where(p => p.Schema.TryGetProperty(keyword, out _)).Select(p => (int)Math.Min(int.MaxValue, p.Schema.GetProperty(keyword).GetDouble())).ToList();
        return bounds.Count == 0 ? null : greatest ? bounds.Max() : bounds.Min();
    }

    private static JsonTypes TypesOf(SchemaPlace place)
    {
        if (!place.Schema.TryGetProperty("type", out var type))
        {
            return AllTypes;
        }

        var nullable = place.Schema.TryGetProperty("nullable", out var flag) && flag.ValueKind == JsonValueKind.True;
        var types = nullable ? JsonTypes.Null : JsonTypes.None;
        foreach (var name in type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().ToArray() : [type])
        {
            types |= TypeRule.TryParse(name.GetString()!, out var one) ? one : JsonTypes.None;
        }

        // Every integer is a number.
        return types.HasFlag(JsonTypes.Number) ? types | JsonTypes.Integer : types;
    }

    private static JsonTypes Both(JsonTypes a, JsonTypes b) => a & b;

    /// <summary>The values of all lists at once; null without a list.</summary>
    private static List<JsonElement>? ValuesOf(List<SchemaPlace> all)
    {
        List<JsonElement>? values = null;
        foreach (var place in all)
        {
            foreach (var keyword in (string[])["enum", "const"])
            {
                if (place.Schema.TryGetProperty(keyword, out var given))
                {
                    var listed = keyword == "enum" ? given.EnumerateArray().ToList() : [given];
                    values = values is null ? listed : [.. values.Where(v => listed.Contains(v, JsonValueComparer.Instance))];
                }
            }
        }

        return values;
    }

    /// <summary>The texts of a constant: as models write it, and for numbers also as it stands in the schema and, if whole, with .0.</summary>
    private static IEnumerable<byte[]> TextsOf(JsonElement value)
    {
        var texts = new List<string> { PythonJson.Write(value) };
        if (value.ValueKind == JsonValueKind.Number)
        {
            var raw = value.GetRawText();
            texts.Add(raw);
            if (raw.AsSpan().IndexOfAny(".eE") < 0)
            {
                texts.Add(raw + ".0");
            }
            else if (raw.EndsWith(".0", StringComparison.Ordinal))
            {
                texts.Add(raw[..^2]);
            }
        }

        return texts.Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes);
    }

    private static string Written(string name)
    {
        var output = new StringBuilder();
        PythonJson.AppendString(output, name);
        return output.ToString(1, output.Length - 2);
    }
}
