using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Yaml;

namespace Agent.Tools.Sql.Results;

/// <summary>A result as JSON: <c>[{"id": 1, "name": "..."}, ...]</c>.</summary>
internal static class JsonRows
{
    internal static string Write(SqlResult result, int maximumBytes) =>
        RowsText.Join(result, maximumBytes, ("[", ", ", "]"), row => Row(result.Columns, row));

    private static string Row(IReadOnlyList<string> columns, object?[] row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, YamlJson.Relaxed))
        {
            writer.WriteStartObject();
            for (var index = 0; index < row.Length; index++)
            {
                writer.WritePropertyName(columns[index]);
                switch (row[index])
                {
                    case long number:
                        writer.WriteNumberValue(number);
                        break;
                    case double number when double.IsFinite(number):
                        writer.WriteRawValue(RowsText.Number(number));
                        break;
                    case double number:
                        writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                        break;
                    case decimal number:
                        writer.WriteNumberValue(number);
                        break;
                    case bool isTrue:
                        writer.WriteBooleanValue(isTrue);
                        break;
                    case string text:
                        writer.WriteStringValue(text);
                        break;
                    default:
                        writer.WriteNullValue();
                        break;
                }
            }

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return ToolResultJson.Write(document.RootElement);
    }
}
