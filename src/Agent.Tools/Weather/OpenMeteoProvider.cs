using System.Globalization;
using System.Text.Json;

namespace Agent.Tools.Weather;

/// <summary>
/// Open-Meteo (no key): its geocoding service turns the name into a place, its forecast service tells the weather there.
/// </summary>
internal sealed class OpenMeteoProvider(WeatherHttp http, Uri geocodingUrl, Uri forecastUrl, WeatherConditions conditions) : IWeatherProvider
{
    public string Name => "open-meteo";

    public async Task<WeatherReport?> GetAsync(string city, WeatherLanguage language, CancellationToken cancellationToken)
    {
        foreach (var candidate in CityName.Candidates(city))
        {
            var query = $"name={Uri.EscapeDataString(candidate)}&count=1&language={(language == WeatherLanguage.Chinese ? "zh" : "en")}&format=json";
            var answer = await http.GetAsync(WithQuery(geocodingUrl, query), cancellationToken).ConfigureAwait(false);
            if (answer.TryGetProperty("results", out var results) && results.ValueKind == JsonValueKind.Array && results.GetArrayLength() > 0)
            {
                return await ForecastAsync(results[0], language, cancellationToken).ConfigureAwait(false);
            }
        }

        return null;
    }

    private async Task<WeatherReport> ForecastAsync(JsonElement place, WeatherLanguage language, CancellationToken cancellationToken)
    {
        var latitude = Number(place, "latitude").ToString("0.####", CultureInfo.InvariantCulture);
        var longitude = Number(place, "longitude").ToString("0.####", CultureInfo.InvariantCulture);
        var query = $"latitude={latitude}&longitude={longitude}&current=temperature_2m,relative_humidity_2m,weather_code,wind_speed_10m&timezone=auto";
        var answer = await http.GetAsync(WithQuery(forecastUrl, query), cancellationToken).ConfigureAwait(false);
        if (!answer.TryGetProperty("current", out var current))
        {
            throw Unknown("current");
        }

        var code = (int)Number(current, "weather_code");
        return new WeatherReport
        {
            Condition = conditions.FromCode(code, language) ?? throw Unknown($"weather_code {code}"),
            Temperature = Number(current, "temperature_2m") is >= -100 and <= 70 and var temperature ? temperature : throw Unknown("temperature_2m"),
            Humidity = TryNumber(current, "relative_humidity_2m") is >= 0 and <= 100 and var humidity ? (int)Math.Round(humidity) : null,
            Source = Name,
        };
    }

    private static double Number(JsonElement element, string name) => TryNumber(element, name) ?? throw Unknown(name);

    private static double? TryNumber(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var number)
            ? number
            : null;

    private static Uri WithQuery(Uri url, string query) => new UriBuilder(url) { Query = query }.Uri;

    private static WeatherServiceException Unknown(string name) => new($"open-meteo answered in an unknown shape: \"{name}\" is missing or out of range");
}
