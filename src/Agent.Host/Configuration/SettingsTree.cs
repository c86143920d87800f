using Microsoft.Extensions.Configuration;

namespace Agent.Host.Configuration;

/// <summary>All sources together: the last one that has a key decides.</summary>
internal sealed class SettingsTree
{
    private readonly IConfigurationRoot _root;
    private readonly List<IConfigurationProvider> _providers;
    private readonly List<string> _problems = [];

    /// <exception cref="SettingsException">A source cannot be read.</exception>
    public SettingsTree(IEnumerable<IConfigurationSource> sources)
    {
        var builder = new ConfigurationBuilder();
        foreach (var source in sources)
        {
            builder.Add(source);
        }

        _root = builder.Build();
        _providers = [.. _root.Providers];
    }

    /// <summary>What is wrong so far.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>A section's value and what lies under it.</summary>
    public IConfigurationSection Section(string key) => _root.GetSection(key);

    /// <summary>Which source decides a key, counted from the weakest; -1 where the default does.</summary>
    public int RankOf(string key)
    {
        var rank = _providers.FindLastIndex(p => p.TryGet(key, out _));
        return rank >= 0 && _providers[rank].TryGet(key, out var value) && !string.IsNullOrEmpty(value) ? rank : -1;
    }

    /// <summary>Adds a problem of one value.</summary>
    /// <param name="key">The full key.</param>
    /// <param name="value">The value as it is written.</param>
    /// <param name="allowed">What it must be, for example <c>a whole number from 1 to 8</c>.</param>
    public void AddInvalid(string key, string value, string allowed) =>
        _problems.Add($"{key} is '{value}' ({Where(key)}); it must be {allowed}.");

    /// <summary>Adds a problem of a key; the place is added.</summary>
    public void AddProblem(string key, string problem, string fix) => _problems.Add($"{key} ({Where(key)}) {problem}. {fix}");

    /// <summary>Adds a problem of what stands under a key; the place is added.</summary>
    public void AddProblemBelow(string key, string problem, string fix) => _problems.Add($"{key} ({Describe(Below(key), key)}) {problem}. {fix}");

    /// <summary>Adds a problem that no single key has.</summary>
    public void AddProblem(string problem) => _problems.Add(problem);

    // A section has no value of its own: then the source of anything under it is the place to look. Where somebody gave it one, that is the mistake.
    private string Where(string key) => Describe(_providers.FindLast(p => p.TryGet(key, out _)) ?? Below(key), key);

    private IConfigurationProvider? Below(string key) => _providers.FindLast(p => p.GetChildKeys([], key).Any());

    private static string Describe(IConfigurationProvider? provider, string key) => provider is ISettingSource source ? source.Describe(key) : "configuration";
}
