using System.Text.Json;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Yaml;

namespace Agent.Tools.Weather;

/// <summary>The options of one <c>kind: weather</c> tool.</summary>
internal sealed record WeatherOptions
{
    private static readonly Uri OpenMeteoGeocoding = new("https://geocoding-api.open-meteo.com/v1/search");
    private static readonly Uri OpenMeteoForecast = new("https://api.open-meteo.com/v1/forecast");
    private static readonly Uri Amap = new("https://restapi.amap.com/v3/weather/weatherInfo");

    /// <summary><c>provider</c>: <c>open-meteo</c> (the default) or <c>amap</c>.</summary>
    internal required string Provider { get; init; }

    /// <summary><c>geocoding_url</c>: Open-Meteo's geocoding service.</summary>
    internal required Uri GeocodingUrl { get; init; }

    /// <summary><c>forecast_url</c>: Open-Meteo's forecast service.</summary>
    internal required Uri ForecastUrl { get; init; }

    /// <summary><c>amap_url</c>: AMap's weather service.</summary>
    internal required Uri AmapUrl { get; init; }

    /// <summary><c>key</c>: AMap's key, <c>${AMAP_KEY}</c> by default; null for other providers.</summary>
    internal string? Key { get; init; }

    /// <summary><c>language</c>: <c>zh</c> or <c>en</c>; null (<c>auto</c>, the default) takes that of the city's name.</summary>
    internal WeatherLanguage? Language { get; init; }

    /// <summary><c>offline_after</c>: how long the service may take before the climate table answers, 10 ms to 1 min; 3 seconds by default.</summary>
    internal required TimeSpan OfflineAfter { get; init; }

    /// <summary><c>allow_private_network</c>: whether the service may be at an address that is not public; false by default.</summary>
    internal bool AllowPrivateNetwork { get; init; }

    /// <summary>The options, or null after a problem.</summary>
    internal static WeatherOptions? Read(ToolDefinition definition, ToolKindContext context)
    {
        var before = context.Problems.Count;
        var reader = context.ReadOptions(definition);
        var provider = reader.Choice("provider", "open-meteo", "open-meteo", "amap");
        var key = reader.Text("key");
        var options = new WeatherOptions
        {
            Provider = provider,
            GeocodingUrl = Url(reader, "geocoding_url", OpenMeteoGeocoding, context),
            ForecastUrl = Url(reader, "forecast_url", OpenMeteoForecast, context),
            AmapUrl = Url(reader, "amap_url", Amap, context),
            Key = provider == "amap" ? ReadKey(key ?? new YamlScalar(reader.Position, "${AMAP_KEY}", isPlain: false), context) : null,
            Language = reader.Choice("language", "auto", "auto", "zh", "en") switch
            {
                "zh" => WeatherLanguage.Chinese,
                "en" => WeatherLanguage.English,
                _ => null,
            },
            OfflineAfter = reader.Duration("offline_after", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)) ?? TimeSpan.FromSeconds(3),
            AllowPrivateNetwork = reader.Boolean("allow_private_network") ?? false,
        };
        reader.End();
        if (options.OfflineAfter >= definition.Limits.Timeout || options.OfflineAfter >= definition.Limits.AttemptTimeout)
        {
            context.Problems.Add(
                definition.Options.Find("offline_after")?.Value.Position ?? definition.Position,
                $"\"offline_after\" of tool \"{definition.Name}\" is {DurationText.Format(options.OfflineAfter)}, not shorter than its time-out",
                "Make offline_after shorter than timeout and attempt_timeout, so that the climate table can answer in time");
        }

        if (definition.Parameters is { } parameters && !HasCity(parameters))
        {
            context.Problems.Add(definition.ParametersPosition, $"\"parameters\" of tool \"{definition.Name}\" has no \"city\"", "Add a property \"city\" of type string, or leave \"parameters\" out");
        }

        return context.Problems.Count == before ? options : null;
    }

    private static bool HasCity(JsonElement parameters) =>
        parameters.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty("city", out _);

    private static Uri Url(MappingReader reader, string key, Uri defaultValue, ToolKindContext context)
    {
        if (reader.Text(key) is not { } text)
        {
            return defaultValue;
        }

        if (Uri.TryCreate(text.Text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            && url.UserInfo.Length + url.Query.Length + url.Fragment.Length == 0)
        {
            return url;
        }

        context.Problems.Add(text.Position, $"\"{key}\" is not an absolute http or https URL without a query", $"Write it like {defaultValue}");
        return defaultValue;
    }

    private static string? ReadKey(YamlScalar scalar, ToolKindContext context) =>
        EnvironmentText.Split(scalar, context) is { } pieces ? string.Concat(pieces.Select(piece => piece.Text)) : null;
}
