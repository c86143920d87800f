namespace Agent.Tools.Weather;

/// <summary>A service that knows the weather now.</summary>
internal interface IWeatherProvider
{
    /// <summary>Its name, as results give it.</summary>
    string Name { get; }

    /// <summary>Asks for a place.</summary>
    /// <returns>The weather, or null when the service knows no such place.</returns>
    /// <exception cref="WeatherServiceException">The service failed, or answered in no known shape.</exception>
    Task<WeatherReport?> GetAsync(string city, WeatherLanguage language, CancellationToken cancellationToken);
}
