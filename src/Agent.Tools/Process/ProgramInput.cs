using System.Buffers;
using System.Text;
using System.Text.Json;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.Process;

/// <summary><c>stdin</c>: one argument as it is, or all of them as a line of JSON.</summary>
/// <param name="argument">The name of the argument; null for all of them.</param>
/// <param name="parameters">The names that the tool declares, for their defaults.</param>
internal sealed class ProgramInput(string? argument, IReadOnlyList<string> parameters)
{
    internal byte[] Render(JsonElement arguments, CallArguments values) =>
        argument is null ? Json(arguments, values) : Encoding.UTF8.GetBytes(values.Text(argument));

    private byte[] Json(JsonElement arguments, CallArguments values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, YamlJson.Relaxed))
        {
            writer.WriteStartObject();
            foreach (var property in arguments.EnumerateObject())
            {
                property.WriteTo(writer);
            }

            foreach (var name in parameters.Where(name => !arguments.TryGetProperty(name, out _)))
            {
                if (values.Find(name) is { } value)
                {
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        // Programs that read by lines wait for the end of one.
        return [.. buffer.WrittenSpan, (byte)'\n'];
    }
}
