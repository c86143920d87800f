using System.Text.Json;
using Agent.Core.Names;
using Agent.Core.Schemas.Patterns;

namespace Agent.Core.Schemas;

/// <summary>Turns a schema document into nodes, without recursion, and checks what holds for the document as a whole.</summary>
internal sealed class SchemaCompiler(string? toolName, JsonSchemaLimits limits)
{
    private readonly Dictionary<string, SchemaNode> _nodes = new(StringComparer.Ordinal);
    private readonly Queue<SchemaNode> _pending = new();
    private JsonElement _root;

    public SchemaPatterns Patterns { get; } = new();

    public SchemaNode Compile(JsonElement schema)
    {
        CheckDocument(schema);
        _root = schema.Clone();
        if (toolName is not null)
        {
            CheckDescribesObject();
        }

        var root = NodeAt("", _root);
        while (_pending.TryDequeue(out var node))
        {
            if (node.Source.ValueKind == JsonValueKind.Object)
            {
                new SchemaNodeCompiler(this, node).Compile();
            }
        }

        CheckProgress();
        return root;
    }

    /// <summary>The node of a subschema; made once, compiled later.</summary>
    public SchemaNode NodeAt(string pointer, JsonElement schema)
    {
        if (_nodes.TryGetValue(pointer, out var known))
        {
            return known;
        }

        if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False))
        {
            throw Fault(pointer, $"a schema must be an object, true or false, but this is {JsonText.Describe(schema)}", "Write a schema here, for example {\"type\": \"string\"}.");
        }

        var node = new SchemaNode(pointer, schema);
        _nodes.Add(pointer, node);
        _pending.Enqueue(node);
        return node;
    }

    /// <summary>The node that a reference names.</summary>
    public SchemaNode NodeOfReference(string keywordPointer, string reference)
    {
        if (!reference.StartsWith('#'))
        {
            throw Fault(keywordPointer, $"the reference {JsonText.Quote(reference)} leads out of this document, where nothing is fetched", "Copy the schema into $defs and refer to \"#/$defs/NAME\".");
        }

        var pointer = Uri.UnescapeDataString(reference[1..]);
        if (!JsonPointer.TryResolve(_root, pointer, out var target))
        {
            throw Fault(keywordPointer, $"the reference {JsonText.Quote(reference)} leads nowhere", "Refer to a schema of this document by its JSON pointer, for example \"#/$defs/NAME\".");
        }

        // The same place can be written in several ways; its node is kept under one.
        var canonical = pointer.Length == 0
            ? ""
            : string.Concat(pointer[1..].Split('/').Select(token => "/" + JsonPointer.Escape(JsonPointer.Unescape(token))));
        return NodeAt(canonical, target);
    }

    public JsonSchemaException Fault(string pointer, string problem, string fix, Exception? cause = null) => new(toolName, pointer, problem, fix, cause);

    private void CheckDocument(JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.Undefined)
        {
            throw Fault("", "there is no schema", "Give a schema; {\"type\": \"object\", \"properties\": {}} describes no parameters.");
        }

        var bytes = JsonText.Raw(schema).Length;
        if (bytes > limits.MaxBytes)
        {
            throw Fault("", $"it has {bytes} bytes; at most {limits.MaxBytes} are allowed", "Shorten descriptions and enumerations, or split the tool.");
        }

        if (new InstanceScan(limits.MaxDepth, limits.MaxBytes).Run(schema) is { } unsound)
        {
            throw Fault(unsound.Path, unsound.Message, "Flatten the schema, or move parts of it into $defs; write every property once and as valid text.");
        }
    }

    private void CheckDescribesObject()
    {
        const string Fix = "Write {\"type\": \"object\", \"properties\": {...}}; a tool without parameters has empty properties.";
        if (_root.ValueKind != JsonValueKind.Object)
        {
            throw Fault("", $"the parameters of a tool must be a schema of type object, but this is {JsonText.Describe(_root)}", Fix);
        }

        if (!_root.TryGetProperty("type", out var type))
        {
            throw Fault("", "the parameters of a tool must be of type object, but the type is missing", Fix);
        }

        if (type.ValueKind != JsonValueKind.String || !type.ValueEquals("object"u8))
        {
            throw Fault("/type", $"the parameters of a tool must be of type \"object\", but the type is {JsonText.Show(type)}", Fix);
        }
    }

    /// <summary>Finds references that come back to themselves without ever looking deeper into the value.</summary>
    private void CheckProgress()
    {
        var entering = _nodes.Values.ToDictionary(node => node, _ => 0);
        foreach (var next in _nodes.Values.SelectMany(node => node.SameInstance))
        {
            entering[next]++;
        }

        var free = new Queue<SchemaNode>(entering.Where(pair => pair.Value == 0).Select(pair => pair.Key));
        var left = _nodes.Count;
        while (free.TryDequeue(out var node))
        {
            left--;
            foreach (var next in node.SameInstance)
            {
                if (--entering[next] == 0)
                {
                    free.Enqueue(next);
                }
            }
        }

        if (left > 0)
        {
            // What is left lies in a cycle or behind one; walking backwards stays inside.
            var stuck = entering.First(pair => pair.Value > 0).Key;
            for (var i = 0; i < left; i++)
            {
                stuck = entering.First(pair => pair.Value > 0 && pair.Key.SameInstance.Contains(stuck)).Key;
            }

            var keyword = stuck.Source.TryGetProperty("$ref", out _) ? JsonPointer.Append(stuck.Pointer, "$ref") : stuck.Pointer;
            throw Fault(keyword, "this schema refers back to itself for the same value, so checking it would never end", "Let the reference apply to a property or an item, or remove it.");
        }
    }
}
