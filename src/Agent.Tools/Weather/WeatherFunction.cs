using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Json;
using Agent.Tools.Registry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Weather;

/// <summary>
/// The weather of a city: from the provider, or from the climate table where the provider does not answer in time or in
/// sense. Thread-safe.
/// </summary>
internal sealed partial class WeatherFunction : AIFunction
{
    private const int LongestName = 100;

    private static readonly JsonElement DefaultParameters = JsonDocument.Parse(
        """{"type":"object","properties":{"city":{"type":"string","description":"The city name"}},"required":["city"]}""").RootElement;

    private readonly WeatherOptions _options;
    private readonly IWeatherProvider _provider;
    private readonly ClimateTable _climate;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;

    internal WeatherFunction(
        ToolDefinition definition,
        WeatherOptions options,
        IWeatherProvider provider,
        ClimateTable climate,
        TimeProvider timeProvider,
        ILogger logger)
    {
        Name = definition.Name;
        Description = definition.Description ?? "Get the current weather for a city";
        JsonSchema = definition.Parameters ?? DefaultParameters;
        _options = options;
        _provider = provider;
        _climate = climate;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    public override string Name { get; }

    public override string Description { get; }

    public override JsonElement JsonSchema { get; }

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var city = City(arguments);
        var language = _options.Language ?? (CityName.IsChinese(city) ? WeatherLanguage.Chinese : WeatherLanguage.English);
        if (await OnlineAsync(city, language, cancellationToken).ConfigureAwait(false) is { } report)
        {
            return report.ToJson(city);
        }

        var climate = _climate.Report(city, _timeProvider.GetUtcNow().Month, language)
            ?? throw new ToolException($"The weather service cannot be reached, and the offline climate table does not know {city}. Try again later, or ask for a large city.");

        // Nobody may take a monthly mean for the weather outside, so the answer must name its source.
        return ToolResultNotice.Attach(ToolResultJson.Write(climate.ToJson(city)), ClimateTable.Source);
    }

    private string City(AIFunctionArguments arguments)
    {
        var values = ArgumentsJson.From(arguments, JsonSerializerOptions);
        var city = JsonRead.Text(values, "city")?.Trim() ?? string.Empty;
        return city.Length is > 0 and <= LongestName && CityName.Key(city).Length > 0
            ? city
            : throw new ToolException($"The argument city must be the name of a city, 1 to {LongestName} characters.");
    }

    /// <summary>The provider's answer, or null when there is none within the time.</summary>
    /// <exception cref="ToolException">The provider answered that there is no such place.</exception>
    private async Task<WeatherReport?> OnlineAsync(string city, WeatherLanguage language, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_options.OfflineAfter, _timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            // A name look-up without a network can outlast its token.
            return await _provider.GetAsync(city, language, both.Token).WaitAsync(both.Token).ConfigureAwait(false)
                ?? throw new ToolException($"No place called {city} was found. Check the spelling, or name a larger city nearby.");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogSlow(Name, _provider.Name, _options.OfflineAfter);
            return null;
        }
        catch (WeatherServiceException exception)
        {
            LogFailed(Name, _provider.Name, exception.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool}: {Provider} did not answer within {Limit}; the climate table answers")]
    private partial void LogSlow(string tool, string provider, TimeSpan limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool}: {Reason} ({Provider}); the climate table answers")]
    private partial void LogFailed(string tool, string provider, string reason);
}
