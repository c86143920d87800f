using System.Globalization;
using System.Text.Json;
using Agent.Tools.Json;

namespace Agent.Tools.Weather;

/// <summary>Gaode (AMap) live weather: Chinese cities, by a key.</summary>
internal sealed class AmapProvider(WeatherHttp http, Uri url, string key, WeatherConditions conditions, ClimateTable cities) : IWeatherProvider
{
    public string Name => "amap";

    public async Task<WeatherReport?> GetAsync(string city, WeatherLanguage language, CancellationToken cancellationToken)
    {
        // The service knows Chinese names only.
        var name = CityName.IsChinese(city) ? CityName.Candidates(city)[^1] : cities.Find(city)?.ChineseName ?? city;
        var query = $"city={Uri.EscapeDataString(name)}&key={Uri.EscapeDataString(key)}&extensions=base&output=JSON";
        var answer = await http.GetAsync(new UriBuilder(url) { Query = query }.Uri, cancellationToken).ConfigureAwait(false);
        if (Text(answer, "status") != "1")
        {
            // Only digits of it: the rest of the answer may echo the key.
            var code = Text(answer, "infocode") is { Length: <= 6 } digits && digits.All(char.IsAsciiDigit) ? digits : "unknown";
            throw new WeatherServiceException($"amap refused the request (infocode {code})");
        }

        if (!answer.TryGetProperty("lives", out var lives) || lives.ValueKind != JsonValueKind.Array)
        {
            throw Unknown("lives");
        }

        return lives.GetArrayLength() == 0 || lives[0].ValueKind != JsonValueKind.Object ? null : Report(lives[0], language);
    }

    private WeatherReport? Report(JsonElement live, WeatherLanguage language)
    {
        var condition = Text(live, "weather");
        if (condition is null)
        {
            return null;
        }

        return new WeatherReport
        {
            Condition = conditions.FromAmap(condition, language),
            Temperature = double.TryParse(Text(live, "temperature"), NumberStyles.Float, CultureInfo.InvariantCulture, out var temperature) && temperature is >= -100 and <= 70
                ? temperature
                : throw Unknown("temperature"),
            Humidity = int.TryParse(Text(live, "humidity"), NumberStyles.None, CultureInfo.InvariantCulture, out var humidity) && humidity <= 100 ? humidity : null,
            Source = Name,
        };
    }

    private static string? Text(JsonElement element, string name) =>
        JsonRead.Text(element, name) is { Length: > 0 } text ? text : null;

    private static WeatherServiceException Unknown(string name) => new($"amap answered in an unknown shape: \"{name}\" is missing or out of range");
}
