using System.Text.Json;
using Agent.Core.Agents;
using Agent.Tools.Registry;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Weather;

/// <summary>
/// <c>kind: weather</c>: the weather of a city, now. Options: <c>provider</c>, <c>language</c>, <c>offline_after</c>, <c>key</c>,
/// <c>geocoding_url</c>, <c>forecast_url</c>, <c>amap_url</c>, <c>allow_private_network</c>. The name of a city leaves the
/// process for the provider; nothing else does.
/// </summary>
public sealed class WeatherKind : IToolKind
{
    /// <inheritdoc/>
    public string Name => "weather";

    /// <inheritdoc/>
    public JsonElement OptionsSchema => KindSchema.Load(Name);

    /// <inheritdoc/>
    public IToolSource? Read(ToolDefinition definition, ToolKindContext context)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(context);
        if (WeatherOptions.Read(definition, context) is not { } options)
        {
            return null;
        }

        var http = new WeatherHttp(context.CreateHttpClient(options.AllowPrivateNetwork));
        IWeatherProvider provider = options.Provider == "amap"
            ? new AmapProvider(http, options.AmapUrl, options.Key!, WeatherConditions.Shared, ClimateTable.Shared)
            : new OpenMeteoProvider(http, options.GeocodingUrl, options.ForecastUrl, WeatherConditions.Shared);
        var function = new WeatherFunction(definition, options, provider, ClimateTable.Shared, context.TimeProvider, context.LoggerFactory.CreateLogger<WeatherFunction>());
        return new ReadyToolSource(new CreatedTool(function) { IsIdempotent = true, Effects = ToolEffects.Read });
    }
}
