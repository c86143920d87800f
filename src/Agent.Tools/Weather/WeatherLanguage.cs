namespace Agent.Tools.Weather;

/// <summary>The language of conditions.</summary>
internal enum WeatherLanguage
{
    /// <summary>English.</summary>
    English,

    /// <summary>Chinese.</summary>
    Chinese,
}
