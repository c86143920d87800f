using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Agent.Core.Names;

/// <summary>JSON without blanks and with the keys of every object in ordinal order, so that equal values are equal texts. Thread-safe.</summary>
public static class CanonicalJson
{
    /// <summary>A value as text.</summary>
    /// <param name="value">The value.</param>
    public static string Write(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Some properties of an object, as the UTF-8 text of an object that has no others.</summary>
    /// <param name="properties">The properties; all of what stands in them is written.</param>
    public static byte[] WriteObject(IEnumerable<JsonProperty> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            WriteObject(writer, properties);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, value.EnumerateObject());
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, IEnumerable<JsonProperty> properties)
    {
        writer.WriteStartObject();
        foreach (var property in properties.OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            writer.WritePropertyName(property.Name);
            Write(writer, property.Value);
        }

        writer.WriteEndObject();
    }
}
