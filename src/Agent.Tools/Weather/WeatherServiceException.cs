namespace Agent.Tools.Weather;

/// <summary>A weather service failed; the message is for the log and holds no key.</summary>
internal sealed class WeatherServiceException(string message, Exception? innerException = null) : Exception(message, innerException);
