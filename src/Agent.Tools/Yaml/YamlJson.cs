using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Agent.Tools.Registry;

namespace Agent.Tools.Yaml;

/// <summary>YAML values as JSON, by the core schema of YAML 1.2.</summary>
internal static class YamlJson
{
    internal static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value as JSON; a number that JSON cannot hold is reported and becomes null.</summary>
    internal static JsonElement ToJson(YamlValue value, ToolProblems problems)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            Write(writer, value, problems);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    internal static void WriteScalar(Utf8JsonWriter writer, YamlScalar scalar, ToolProblems problems)
    {
        if (scalar.IsNull)
        {
            writer.WriteNullValue();
        }
        else if (!scalar.IsPlain)
        {
            writer.WriteStringValue(scalar.Text);
        }
        else if (scalar.Text is "true" or "True" or "TRUE")
        {
            writer.WriteBooleanValue(true);
        }
        else if (scalar.Text is "false" or "False" or "FALSE")
        {
            writer.WriteBooleanValue(false);
        }
        else if (IsNumber(scalar.Text))
        {
            WriteNumber(writer, scalar, problems);
        }
        else
        {
            writer.WriteStringValue(scalar.Text);
        }
    }

    private static void Write(Utf8JsonWriter writer, YamlValue value, ToolProblems problems)
    {
        switch (value)
        {
            case YamlScalar scalar:
                WriteScalar(writer, scalar, problems);
                break;
            case YamlSequence sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items)
                {
                    Write(writer, item, problems);
                }

                writer.WriteEndArray();
                break;
            case YamlMapping mapping:
                writer.WriteStartObject();
                foreach (var entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value, problems);
                }

                writer.WriteEndObject();
                break;
        }
    }

    private static bool IsNumber(string text)
    {
        if (text is ".inf" or ".Inf" or ".INF" or "-.inf" or "-.Inf" or "-.INF" or "+.inf" or "+.Inf" or "+.INF" or ".nan" or ".NaN" or ".NAN")
        {
            return true;
        }

        var digits = text.AsSpan().TrimStart("+-");
        return digits.Length > 0
            && text.Length - digits.Length <= 1
            && (char.IsAsciiDigit(digits[0]) || (digits[0] == '.' && digits.Length > 1 && char.IsAsciiDigit(digits[1])))
            && double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _);
    }

    private static void WriteNumber(Utf8JsonWriter writer, YamlScalar scalar, ToolProblems problems)
    {
        // The author's own spelling is kept wherever it is JSON: 1.0 stays 1.0, and big integers keep every digit.
        if (IsJsonNumber(scalar.Text))
        {
            writer.WriteRawValue(scalar.Text);
        }
        else if (double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            problems.Add(scalar.Position, $"{scalar.Text} is not a number that JSON can hold", "Write a finite number, or quote it as text");
            writer.WriteNullValue();
        }
    }

    private static bool IsJsonNumber(string text)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(text));
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.BytesConsumed == text.Length;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
