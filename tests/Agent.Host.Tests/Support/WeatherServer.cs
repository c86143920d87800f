using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agent.Host.Tests.Support;

/// <summary>A server on loopback that answers in Open-Meteo's shapes: 31 degrees and clear everywhere, and no London.</summary>
public sealed class WeatherServer : IAsyncLifetime
{
    private WebApplication? _application;

    /// <summary>The cities that were asked for.</summary>
    public ConcurrentQueue<string> Cities { get; } = new();

    /// <summary>The tool file that leads here.</summary>
    public string ToolsFile => $$"""
        version: 1
        tools:
          - name: get_current_weather
            description: Get the current weather for a city
            kind: weather
            parameters:
              type: object
              properties:
                city: { type: string, description: The city name }
              required: [city]
            options:
              provider: open-meteo
              geocoding_url: {{_application!.Urls.First()}}/v1/search
              forecast_url: {{_application!.Urls.First()}}/v1/forecast
              allow_private_network: true
        """;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _application = builder.Build();
        _application.MapGet("/v1/search", (string name) =>
        {
            Cities.Enqueue(name);
            return Results.Text(
                name.Contains("London", StringComparison.OrdinalIgnoreCase)
                    ? """{"generationtime_ms":0.1}"""
                    : """{"results":[{"name":"x","latitude":23.1,"longitude":113.3}]}""",
                "application/json");
        });
        _application.MapGet("/v1/forecast", () => Results.Text(
            """{"current":{"temperature_2m":31.2,"relative_humidity_2m":60,"weather_code":0,"wind_speed_10m":3.1}}""", "application/json"));
        await _application.StartAsync();
    }

    public async Task DisposeAsync() => await _application!.DisposeAsync();
}

[CollectionDefinition("program")]
public sealed class ProgramCollection : ICollectionFixture<WeatherServer>;
