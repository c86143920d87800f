using System.Text.Json;

namespace Agent.Tools.Weather;

/// <summary>Fetches the JSON of a weather service.</summary>
internal sealed class WeatherHttp(HttpClient client)
{
    private const int MaximumBytes = 256 * 1_024;

    /// <summary>The JSON object at a URL.</summary>
    /// <exception cref="WeatherServiceException">Anything but a JSON object of reasonable size came back.</exception>
    internal async Task<JsonElement> GetAsync(Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw new WeatherServiceException($"{url.Host} answered HTTP {(int)response.StatusCode}");
            }

            await response.Content.LoadIntoBufferAsync(MaximumBytes, cancellationToken).ConfigureAwait(false);
            using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken).ConfigureAwait(false);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new WeatherServiceException($"{url.Host} answered with JSON that is no object");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            throw new WeatherServiceException($"{url.Host} could not be reached or read", exception);
        }
        catch (JsonException exception)
        {
            throw new WeatherServiceException($"{url.Host} answered with text that is not JSON", exception);
        }
    }
}
