using Agent.Testing;
using Agent.Tools.Registry;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Resilience;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Calls_beyond_the_rate_are_refused_until_the_minute_has_passed()
    {
        var time = new ManualTimeProvider();
        var calls = 0;
        await using var registry = await new ToolRegistryBuilder { TimeProvider = time }
            .AddFunction(AIFunctionFactory.Create(() => ++calls, "count", "Count"), new ToolLimits { RatePerMinute = 2 })
            .BuildAsync();

        await registry.CallAsync("count");
        time.Advance(TimeSpan.FromSeconds(20));
        await registry.CallAsync("count");
        Assert.Equal("count may be called 2 times a minute; the next call is possible in 40 s", await registry.FailAsync("count"));
        time.Advance(TimeSpan.FromSeconds(39));
        Assert.Equal("count may be called 2 times a minute; the next call is possible in 1 s", await registry.FailAsync("count"));
        time.Advance(TimeSpan.FromSeconds(1));
        await registry.CallAsync("count");
        Assert.Equal("count may be called 2 times a minute; the next call is possible in 20 s", await registry.FailAsync("count"));

        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task Random_calls_never_exceed_the_rate_in_any_minute()
    {
        var time = new ManualTimeProvider();
        var allowed = new List<TimeSpan>();
        var now = TimeSpan.Zero;
        await using var registry = await new ToolRegistryBuilder { TimeProvider = time }
            .AddFunction(AIFunctionFactory.Create(() => allowed.Add(now), "note", "Note"), new ToolLimits { RatePerMinute = 7, CircuitBreaker = null })
            .BuildAsync();
        var random = new Random(3);
        var refused = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var step = TimeSpan.FromMilliseconds(random.Next(0, 12_000));
            time.Advance(step);
            now += step;
            try
            {
                await registry.CallAsync("note");
            }
            catch (Agent.Core.Agents.ToolException)
            {
                refused++;
                Assert.Equal(7, allowed.Count(t => t > now - TimeSpan.FromMinutes(1)));
            }

            Assert.InRange(allowed.Count(t => t > now - TimeSpan.FromMinutes(1)), 0, 7);
        }

        Assert.InRange(refused, 100, 1_900);
    }
}
