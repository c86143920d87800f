using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.Http;

/// <summary>
/// A JSON body. A text that is exactly <c>{name}</c> becomes the argument's own JSON value (a number stays a number), and its
/// member or item is left out when the argument is; a placeholder inside a longer text is filled in as text.
/// </summary>
internal sealed class JsonBodyTemplate : IBodyTemplate
{
    private readonly Node _root;

    private JsonBodyTemplate(Node root) => _root = root;

    public HttpContent Render(CallArguments arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, YamlJson.Relaxed))
        {
            if (_root.IsAbsent(arguments))
            {
                writer.WriteNullValue();
            }
            else
            {
                _root.Write(writer, arguments);
            }
        }

        return new ByteArrayContent(buffer.WrittenSpan.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    /// <summary>Reads a template; null after a problem.</summary>
    internal static JsonBodyTemplate? Parse(YamlValue value, TemplateScope scope) => Compile(value, scope) is { } root ? new JsonBodyTemplate(root) : null;

    private static Node? Compile(YamlValue value, TemplateScope scope)
    {
        switch (value)
        {
            case YamlMapping mapping:
                var members = mapping.Entries.Select(entry => (entry.Key, Value: Compile(entry.Value, scope))).ToList();
                return members.Exists(member => member.Value is null) ? null : new ObjectNode([.. members.Select(member => (member.Key, member.Value!))]);
            case YamlSequence sequence:
                var items = sequence.Items.Select(item => Compile(item, scope)).ToList();
                return items.Exists(item => item is null) ? null : new ListNode([.. items.Select(item => item!)]);
            case YamlScalar scalar:
                return scope.Parse(scalar) switch
                {
                    null => null,
                    [{ IsArgument: true } only] => new ArgumentNode(only.Text),
                    var parts when scalar.IsPlain && parts.All(part => !part.IsArgument && !part.IsSecret) => new ConstantNode(YamlJson.ToJson(scalar, scope.Context.Problems)),
                    var parts => new TextNode(parts),
                };
            default:
                return null;
        }
    }

    private abstract class Node
    {
        internal virtual bool IsAbsent(CallArguments arguments) => false;

        internal abstract void Write(Utf8JsonWriter writer, CallArguments arguments);
    }

    private sealed class ConstantNode(JsonElement value) : Node
    {
        internal override void Write(Utf8JsonWriter writer, CallArguments arguments) => value.WriteTo(writer);
    }

    private sealed class ArgumentNode(string name) : Node
    {
        internal override bool IsAbsent(CallArguments arguments) => arguments.Find(name) is null;

        internal override void Write(Utf8JsonWriter writer, CallArguments arguments) => arguments.Find(name)!.Value.WriteTo(writer);
    }

    private sealed class TextNode(IReadOnlyList<TemplatePart> parts) : Node
    {
        internal override void Write(Utf8JsonWriter writer, CallArguments arguments) => writer.WriteStringValue(arguments.Render(parts));
    }

    private sealed class ListNode(IReadOnlyList<Node> items) : Node
    {
        internal override void Write(Utf8JsonWriter writer, CallArguments arguments)
        {
            writer.WriteStartArray();
            foreach (var item in items.Where(item => !item.IsAbsent(arguments)))
            {
                item.Write(writer, arguments);
            }

            writer.WriteEndArray();
        }
    }

    private sealed class ObjectNode(IReadOnlyList<(string Name, Node Value)> members) : Node
    {
        internal override void Write(Utf8JsonWriter writer, CallArguments arguments)
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members.Where(member => !member.Value.IsAbsent(arguments)))
            {
                writer.WritePropertyName(name);
                value.Write(writer, arguments);
            }

            writer.WriteEndObject();
        }
    }
}
