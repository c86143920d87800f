using System.Reflection;
using Agent.Core.Agents;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Native;
using Agent.Host.Configuration;
using Agent.Testing;

namespace Agent.Host.Tests.Configuration;

/// <summary>The settings are the options of the records, with their ranges, and the documentation names each.</summary>
public sealed class SettingsRecordTests : IDisposable
{
    private readonly SettingsHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Every_option_of_the_records_is_a_setting()
    {
        var binder = new SettingsBinder(new SettingsTree([]));
        binder.Bind();
        var keys = binder.Keys.ToList();

        Assert.Empty(Missing<EngineOptions>("Engine"));
        Assert.Empty(Missing<ModelSettings>("Model"));
        Assert.Empty(Missing<PromptSettings>("Prompt"));
        Assert.Empty(Missing<AgentLimits>("Loop"));
        Assert.Equal(["LogitBias"], Missing<SamplingOptions>("Sampling"));
        Assert.Equal(["SearchDirectory"], Missing<LlamaRuntimeOptions>("Native"));

        IEnumerable<string> Missing<T>(string section) => typeof(T)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite)
            .Select(p => p.Name)
            .Where(name => !keys.Contains($"Agent:{section}:{name}", StringComparer.Ordinal));
    }

    [Fact]
    public void The_documentation_names_every_setting()
    {
        var binder = new SettingsBinder(new SettingsTree([]));
        binder.Bind();
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "console.md"));

        Assert.All(binder.Keys, key => Assert.Contains($"`{key}`", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0.05", true)]
    [InlineData("0.95", true)]
    [InlineData("0.04", false)]
    [InlineData("0.96", false)]
    public void The_share_of_the_kv_cache_has_the_same_range_in_both_places(string value, bool valid)
    {
        var options = new EngineOptions { KvMemoryShare = double.Parse(value, System.Globalization.CultureInfo.InvariantCulture) };
        if (valid)
        {
            options.Validate();
            Assert.Equal(options.KvMemoryShare, _home.Load(("Agent:Engine:KvMemoryShare", value, "--x")).Engine.KvMemoryShare);
            return;
        }

        Assert.Contains("Agent:Engine:KvMemoryShare must be 0.05 to 0.95.", Assert.Throws<ArgumentOutOfRangeException>(options.Validate).Message, StringComparison.Ordinal);
        Assert.Throws<SettingsException>(() => _home.Load(("Agent:Engine:KvMemoryShare", value, "--x")));
    }

    /// <summary>The ranges of the settings are those that the records check for callers in C#.</summary>
    [Theory]
    [InlineData("Agent:Engine:ContextTokens", 256, 1048576)]
    [InlineData("Agent:Engine:MaxSequences", 1, 256)]
    [InlineData("Agent:Engine:BatchSize", 32, 16384)]
    [InlineData("Agent:Engine:MicroBatchSize", 32, 16384)]
    [InlineData("Agent:Engine:PrefillTokensWhileDecoding", 32, 16384)]
    [InlineData("Agent:Engine:Threads", 1, 512)]
    [InlineData("Agent:Engine:QueueLimit", 1, 100000)]
    [InlineData("Agent:Engine:HostCacheMiB", 0, 1048576)]
    [InlineData("Agent:Sampling:Temperature", 0, 5)]
    [InlineData("Agent:Sampling:MinP", 0, 1)]
    [InlineData("Agent:Sampling:RepetitionWindow", 1, 8192)]
    [InlineData("Agent:Sampling:FrequencyPenalty", -2, 2)]
    [InlineData("Agent:Sampling:PresencePenalty", -2, 2)]
    [InlineData("Agent:Loop:MaxRounds", 1, 100)]
    [InlineData("Agent:Loop:MaxToolCallsPerRound", 1, 256)]
    [InlineData("Agent:Loop:MaxParallelToolCalls", 1, 256)]
    [InlineData("Agent:Loop:MaxToolResultBytes", 256, 16777216)]
    [InlineData("Agent:Loop:MaxRepeatedCalls", 1, 100)]
    public void Ranges_are_those_of_the_records(string key, int from, int to)
    {
        foreach (var value in new[] { from, to })
        {
            var settings = _home.Load((key, $"{value}", "--x"));
            settings.Engine.Validate();
            settings.Sampling.Validate();
            settings.Loop.Validate();
        }

        foreach (var value in new[] { from - 1, to + 1 })
        {
            Assert.Throws<SettingsException>(() => _home.Load((key, $"{value}", "--x")));
            Assert.Throws<ArgumentOutOfRangeException>(() => ValidateRecord(key, value));
        }
    }

    private static void ValidateRecord(string key, int value)
    {
        var name = key.Split(':')[2];
        switch (key.Split(':')[1])
        {
            case "Engine":
                With(new EngineOptions(), name, value).Validate();
                break;
            case "Sampling":
                With(new SamplingOptions(), name, value).Validate();
                break;
            default:
                With(new AgentLimits(), name, value).Validate();
                break;
        }
    }

    private static T With<T>(T record, string name, int value)
    {
        var property = typeof(T).GetProperty(name)!;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        property.SetValue(record, Convert.ChangeType(value, type, null));
        return record;
    }
}
