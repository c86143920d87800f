using System.Buffers;
using System.Text.Json;
using Agent.Tools.Yaml;

namespace Agent.Tools.Weather;

/// <summary>The weather of one place, now.</summary>
internal sealed record WeatherReport
{
    /// <summary>What the sky does, in the language of the question.</summary>
    internal required string Condition { get; init; }

    /// <summary>Air temperature in degrees Celsius.</summary>
    internal required double Temperature { get; init; }

    /// <summary>Relative humidity in percent; null where the source does not know it.</summary>
    internal int? Humidity { get; init; }

    /// <summary>Where it comes from, in words that an answer can repeat.</summary>
    internal required string Source { get; init; }

    /// <summary>
    /// <c>{"city":"广州","condition":"多云","temperature":27,"unit":"celsius","humidity":70,"source":"open-meteo"}</c>: short and in
    /// a fixed order, as small models copy from it.
    /// </summary>
    internal JsonElement ToJson(string city)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, YamlJson.Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("city", city);
            writer.WriteString("condition", Condition);
            writer.WriteNumber("temperature", (int)Math.Round(Temperature, MidpointRounding.AwayFromZero));
            writer.WriteString("unit", "celsius");
            if (Humidity is { } humidity)
            {
                writer.WriteNumber("humidity", humidity);
            }

            writer.WriteString("source", Source);
            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
