using Agent.Core.Agents;
using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;
using Agent.Tools.Weather;

namespace Agent.Tools.Tests.Weather;

public sealed class WeatherFunctionTests
{
    private const string Place = """{"results":[{"id":1,"name":"Guangzhou","latitude":23.11667,"longitude":113.25,"country_code":"CN","timezone":"Asia/Shanghai"}],"generationtime_ms":0.5}""";
    private const string Forecast = """{"latitude":23.1,"longitude":113.25,"current_units":{"temperature_2m":"°C"},"current":{"time":"2026-07-15T12:00","interval":900,"temperature_2m":27.4,"relative_humidity_2m":70,"weather_code":2,"wind_speed_10m":9.2}}""";

    private static async Task<(ToolRegistry Registry, LocalHttpServer Server, CapturingLoggerFactory Log)> StartAsync(
        Func<ReceivedRequest, byte[]?> answer,
        string options = "",
        TimeProvider? time = null)
    {
        var server = new LocalHttpServer(answer);
        var log = new CapturingLoggerFactory();
        var registry = await new ToolRegistryBuilder { TimeProvider = time ?? TimeProvider.System, LoggerFactory = log, Environment = name => name == "AMAP_KEY" ? "amap-s3cr3t" : null }
            .AddText(
                $$"""
                version: 1
                tools:
                  - name: get_current_weather
                    kind: weather
                    options: { geocoding_url: "{{server.Url}}/search", forecast_url: "{{server.Url}}/forecast", amap_url: "{{server.Url}}/amap", allow_private_network: true{{options}} }
                """,
                "tools.yaml")
            .BuildAsync();
        return (registry, server, log);
    }

    private static byte[] OpenMeteo(ReceivedRequest request) => LocalHttpServer.Json(request.Target.StartsWith("/search", StringComparison.Ordinal) ? Place : Forecast);

    private static string Ask(string city) => $$"""{"city":"{{city}}"}""";

    [Fact]
    public async Task The_weather_of_a_Chinese_name_is_told_in_Chinese()
    {
        var (registry, server, _) = await StartAsync(OpenMeteo);
        Assert.Equal(
            """{"city":"广州","condition":"多云","temperature":27,"unit":"celsius","humidity":70,"source":"open-meteo"}""",
            await registry.CallAsync("get_current_weather", Ask("广州")));
        Assert.Equal(
            [
                "/search?name=%E5%B9%BF%E5%B7%9E&count=1&language=zh&format=json",
                "/forecast?latitude=23.1167&longitude=113.25&current=temperature_2m,relative_humidity_2m,weather_code,wind_speed_10m&timezone=auto",
            ],
            server.Requests.Select(request => request.Target));
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("", "partly cloudy", "language=en")]
    [InlineData(", language: zh", "多云", "language=zh")]
    public async Task The_language_follows_the_name_unless_it_is_set(string options, string condition, string query)
    {
        var (registry, server, _) = await StartAsync(OpenMeteo, options);
        Assert.Equal(
            $$"""{"city":"Guangzhou","condition":"{{condition}}","temperature":27,"unit":"celsius","humidity":70,"source":"open-meteo"}""",
            await registry.CallAsync("get_current_weather", Ask(" Guangzhou ")));
        Assert.Contains(query, server.Requests.First().Target, StringComparison.Ordinal);
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_country_or_an_ending_that_the_service_does_not_know_is_left_out()
    {
        var (registry, server, _) = await StartAsync(request =>
            request.Target.StartsWith("/search?name=Paris%2C", StringComparison.Ordinal) ? LocalHttpServer.Json("""{"generationtime_ms":0.3}""") : OpenMeteo(request));
        Assert.StartsWith("""{"city":"Paris, France",""", await registry.CallAsync("get_current_weather", Ask("Paris, France")), StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count);
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_place_that_the_service_does_not_know_is_told_to_the_model()
    {
        var (registry, server, _) = await StartAsync(_ => LocalHttpServer.Json("""{"generationtime_ms":0.3}"""));
        Assert.Equal("No place called Xyzzy was found. Check the spelling, or name a larger city nearby.", await registry.FailAsync("get_current_weather", Ask("Xyzzy")));
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    public static TheoryData<string, int, string> Failures => new()
    {
        { "/search", 500, "{}" },
        { "/search", 429, "{}" },
        { "/search", 200, "nonsense" },
        { "/search", 200, "[]" },
        { "/search", 200, """{"results":[{"name":"x"}]}""" },
        { "/search", 200, """{"results":[5]}""" },
        { "/search", 200, """{"results":[{"latitude":"1","longitude":"2"}]}""" },
        { "/forecast", 503, "" },
        { "/forecast", 200, "{}" },
        { "/forecast", 200, """{"current":null}""" },
        { "/forecast", 200, """{"current":{"temperature_2m":27,"weather_code":1234}}""" },
        { "/forecast", 200, """{"current":{"temperature_2m":1e300,"weather_code":2}}""" },
        { "/forecast", 200, """{"current":{"temperature_2m":"warm","weather_code":2}}""" },
        { "/forecast", 200, """{"current":{"temperature_2m":27,"weather_code":1e300}}""" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_service_that_fails_leaves_the_answer_to_the_climate_table(string path, int status, string body)
    {
        var (registry, server, log) = await StartAsync(
            request => request.Target.StartsWith(path, StringComparison.Ordinal) ? LocalHttpServer.Json(body, status) : OpenMeteo(request),
            time: new ManualTimeProvider());
        Assert.Equal(
            """{"city": "广州", "condition": "雷阵雨", "temperature": 29, "unit": "celsius", "source": "climate table (offline)"}""",
            await registry.CallAsync("get_current_weather", Ask("广州")));
        Assert.Contains(log.Lines, line => line.StartsWith("Warning: Tool get_current_weather: ", StringComparison.Ordinal) && line.Contains("the climate table answers", StringComparison.Ordinal));
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_service_that_never_answers_is_given_three_seconds()
    {
        var time = new ManualTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (registry, server, log) = await StartAsync(
            _ =>
            {
                asked.SetResult();
                return null;
            },
            time: time);
        var call = registry.CallAsync("get_current_weather", Ask("Beijing"));
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("""{"city": "Beijing", "condition": "thunderstorm", "temperature": 27, "unit": "celsius", "source": "climate table (offline)"}""", await call);
        Assert.Contains(log.Lines, line => line.Contains("open-meteo did not answer within 00:00:03", StringComparison.Ordinal));
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task What_the_climate_table_says_bears_its_name_for_the_answer()
    {
        var (registry, server, _) = await StartAsync(OpenMeteo);
        Assert.True(registry.TryGet("get_current_weather", out var tool));
        Assert.Null(ToolResultNotice.Of(await tool.InvokeAsync(ToolCalls.Arguments(Ask("Paris")))));
        await server.DisposeAsync();

        Assert.Equal("climate table (offline)", ToolResultNotice.Of(await tool.InvokeAsync(ToolCalls.Arguments(Ask("Paris")))));
        await registry.DisposeAsync();
    }

    [Fact]
    public async Task Without_a_server_the_month_decides()
    {
        var time = new ManualTimeProvider();
        var (registry, server, _) = await StartAsync(OpenMeteo, time: time);
        await server.DisposeAsync();
        time.SetUtcNow(new DateTimeOffset(2027, 1, 31, 23, 0, 0, TimeSpan.Zero));
        Assert.Equal("""{"city": "哈尔滨", "condition": "晴", "temperature": -18, "unit": "celsius", "source": "climate table (offline)"}""", await registry.CallAsync("get_current_weather", Ask("哈尔滨")));
        Assert.Equal(
            "The weather service cannot be reached, and the offline climate table does not know Xyzzy. Try again later, or ask for a large city.",
            await registry.FailAsync("get_current_weather", Ask("Xyzzy")));
        await registry.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"city":""}""")]
    [InlineData("""{"city":"  "}""")]
    [InlineData("""{"city":"!?"}""")]
    public async Task A_blank_name_is_refused(string arguments)
    {
        var (registry, server, _) = await StartAsync(OpenMeteo);
        Assert.Equal("The argument city must be the name of a city, 1 to 100 characters.", await registry.FailAsync("get_current_weather", arguments));
        Assert.Empty(server.Requests);
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task The_callers_cancellation_does_not_fall_back()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (registry, server, _) = await StartAsync(_ =>
        {
            asked.SetResult();
            return null;
        });
        using var cancellation = new CancellationTokenSource();
        var call = registry.CallAsync("get_current_weather", Ask("Beijing"), cancellation.Token);
        await asked.Task;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task The_default_parameters_ask_for_a_city()
    {
        var (registry, server, _) = await StartAsync(OpenMeteo);
        Assert.Equal(
            """{"type":"object","properties":{"city":{"type":"string","description":"The city name"}},"required":["city"]}""",
            registry.Tools[0].JsonSchema.GetRawText());
        Assert.Equal("Get the current weather for a city", registry.Tools[0].Description);
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("广州市", "广州", "多云", "%E5%B9%BF%E5%B7%9E")]
    [InlineData("Canton", "广州", "partly cloudy", "%E5%B9%BF%E5%B7%9E")]
    [InlineData("梅州", "梅州", "多云", "%E6%A2%85%E5%B7%9E")]
    public async Task Amap_is_asked_by_Chinese_name_and_key(string city, string name, string condition, string encoded)
    {
        var (registry, server, _) = await StartAsync(
            _ => LocalHttpServer.Json($$"""{"status":"1","count":"1","info":"OK","infocode":"10000","lives":[{"province":"广东","city":"{{name}}","adcode":"440100","weather":"多云","temperature":"27","winddirection":"东","windpower":"≤3","humidity":"70","reporttime":"2026-07-15 12:00:00"}]}"""),
            ", provider: amap");
        Assert.Equal(
            $$"""{"city":"{{city}}","condition":"{{condition}}","temperature":27,"unit":"celsius","humidity":70,"source":"amap"}""",
            await registry.CallAsync("get_current_weather", Ask(city)));
        Assert.Equal($"/amap?city={encoded}&key=amap-s3cr3t&extensions=base&output=JSON", server.Requests.Single().Target);
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"status":"0","info":"INVALID_USER_KEY amap-s3cr3t","infocode":"10001"}""")]
    [InlineData("""{"status":"1"}""")]
    [InlineData("""{"status":"1","lives":[{"weather":"晴","temperature":"x"}]}""")]
    public async Task An_Amap_that_fails_leaves_the_answer_to_the_climate_table_and_keeps_the_key(string body)
    {
        var (registry, server, log) = await StartAsync(_ => LocalHttpServer.Json(body), ", provider: amap", new ManualTimeProvider());
        Assert.Contains(ClimateTable.Source, await registry.CallAsync("get_current_weather", Ask("广州")), StringComparison.Ordinal);
        Assert.DoesNotContain(log.Lines, line => line.Contains("s3cr3t", StringComparison.Ordinal));
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Amap_without_a_place_is_told()
    {
        var (registry, server, _) = await StartAsync(_ => LocalHttpServer.Json("""{"status":"1","count":"0","infocode":"10000","lives":[]}"""), ", provider: amap");
        Assert.StartsWith("No place called 无此城 was found.", await registry.FailAsync("get_current_weather", Ask("无此城")), StringComparison.Ordinal);
        await registry.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Wrong_options_are_told_at_start() => Assert.Equal(
        [
            "x.yaml:2:43: environment variable AMAP_KEY is not set. Set AMAP_KEY before starting, or remove ${AMAP_KEY}.",
            "x.yaml:3:40: \"parameters\" of tool \"b\" has no \"city\". Add a property \"city\" of type string, or leave \"parameters\" out.",
            "x.yaml:4:52: \"forecast_url\" is not an absolute http or https URL without a query. Write it like https://api.open-meteo.com/v1/forecast.",
        ],
        await new ToolRegistryBuilder { Environment = _ => null }
            .AddText(
                """
                version: 1
                tools: [{name: a, kind: weather, options: {provider: amap}},
                  {name: b, kind: weather, parameters: {type: object}},
                  {name: c, kind: weather, options: {forecast_url: "ftp://x"}}]
                """,
                "x.yaml")
            .ProblemsAsync());
}
