using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Agent.Host.Terminal;

/// <summary>Writes one JSON object a line, with characters as they are.</summary>
internal sealed class JsonLines(TextWriter writer)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an event.</summary>
    public void Write(string type, Action<Utf8JsonWriter> fields) => Write(json =>
    {
        json.WriteString("type"u8, type);
        fields(json);
    });

    /// <summary>Writes an object.</summary>
    public void Write(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        writer.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
        writer.Flush();
    }

    /// <summary>Writes the event that a tool call ended.</summary>
    public void WriteToolResult(string id, string name, bool ok, TimeSpan duration, string content) => Write("tool_result", json =>
    {
        json.WriteString("id"u8, id);
        json.WriteString("name"u8, name);
        json.WriteBoolean("ok"u8, ok);
        WriteMilliseconds(json, "duration_ms", duration);
        json.WriteString("content"u8, content);
    });

    /// <summary>A time in milliseconds with one decimal; null where there is none.</summary>
    public static void WriteMilliseconds(Utf8JsonWriter json, string name, TimeSpan? time) => WriteRate(json, name, time?.TotalMilliseconds);

    /// <summary>A number with one decimal; null where there is none.</summary>
    public static void WriteRate(Utf8JsonWriter json, string name, double? value) => json.WriteNumberOrNull(name, value, 1);
}
