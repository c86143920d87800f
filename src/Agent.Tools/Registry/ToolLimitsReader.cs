using Agent.Tools.Yaml;

namespace Agent.Tools.Registry;

/// <summary>Reads <c>limits</c> on top of the limits that hold where a key is absent.</summary>
internal static class ToolLimitsReader
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromHours(1);

    internal static ToolLimits Read(YamlMapping? mapping, ToolLimits inherited, ToolProblems problems, string owner)
    {
        if (mapping is null)
        {
            return inherited;
        }

        var reader = new MappingReader(mapping, problems, $"limits of {owner}");
        var timeout = reader.Duration("timeout", ShortestTimeout, LongestTimeout);
        var attempt = reader.Duration("attempt_timeout", ShortestTimeout, LongestTimeout);
        if (attempt > (timeout ?? inherited.Timeout))
        {
            problems.Add(
                mapping.Find("attempt_timeout")!.Value.Position,
                $"\"attempt_timeout\" of {owner} is longer than its \"timeout\" of {DurationText.Format(timeout ?? inherited.Timeout)}",
                "Make attempt_timeout the shorter of the two");
        }

        var limits = new ToolLimits
        {
            Timeout = timeout ?? inherited.Timeout,
            AttemptTimeout = attempt ?? inherited.AttemptTimeout,
            Retries = reader.Integer("retries", 0, 10) ?? inherited.Retries,
            CircuitBreaker = ReadBreaker(reader, inherited, problems, owner),
            Concurrency = reader.Integer("concurrency", 1, 1_024) ?? inherited.Concurrency,
            RatePerMinute = ReadOptional(reader, "rate_per_minute", 10_000, inherited.RatePerMinute),
            CallsPerTurn = ReadOptional(reader, "calls_per_turn", 1_000, inherited.CallsPerTurn),
            MaxResultBytes = reader.Integer("max_result_bytes", 256, 4_194_304) ?? inherited.MaxResultBytes,
        };
        reader.End();
        return limits;
    }

    /// <summary>A number, or <c>false</c> to lift the limit of the defaults.</summary>
    private static int? ReadOptional(MappingReader reader, string key, int maximum, int? inherited) => reader.Value(key) switch
    {
        null => inherited,
        YamlScalar { IsPlain: true, Text: "false" } => null,
        _ => reader.Integer(key, 1, maximum) ?? inherited,
    };

    private static CircuitBreakerLimits? ReadBreaker(MappingReader limits, ToolLimits inherited, ToolProblems problems, string owner)
    {
        if (limits.Value("circuit_breaker") is not YamlMapping mapping)
        {
            return limits.Boolean("circuit_breaker") switch
            {
                null => inherited.CircuitBreaker,
                true => inherited.CircuitBreaker ?? new CircuitBreakerLimits(),
                false => null,
            };
        }

        var basis = inherited.CircuitBreaker ?? new CircuitBreakerLimits();
        var reader = new MappingReader(mapping, problems, $"circuit_breaker of {owner}");
        var breaker = new CircuitBreakerLimits
        {
            Failures = reader.Integer("failures", 2, 1_000) ?? basis.Failures,
            Window = reader.Duration("window", ShortestWindow, LongestWindow) ?? basis.Window,
            Break = reader.Duration("break", ShortestWindow, LongestWindow) ?? basis.Break,
        };
        reader.End();
        return breaker;
    }
}
