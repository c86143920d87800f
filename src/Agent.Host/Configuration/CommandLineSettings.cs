using Microsoft.Extensions.Configuration;

namespace Agent.Host.Configuration;

/// <summary>Settings that options of the command line give.</summary>
/// <param name="values">Key, value and the option's name, for example <c>--model</c>.</param>
internal sealed class CommandLineSettings(IEnumerable<(string Key, string Value, string Option)> values) : ConfigurationProvider, IConfigurationSource, ISettingSource
{
    private readonly Dictionary<string, string> _options = new(StringComparer.OrdinalIgnoreCase);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load()
    {
        foreach (var (key, value, option) in values)
        {
            Data[key] = value;
            _options[key] = option;
        }
    }

    /// <remarks>Of a section, the option that gives the first of its settings.</remarks>
    public string Describe(string key) => $"option {_options.GetValueOrDefault(key) ?? Below(key) ?? key}";

    private string? Below(string section) =>
        values.FirstOrDefault(value => value.Key.StartsWith(section + ConfigurationPath.KeyDelimiter, StringComparison.OrdinalIgnoreCase)).Option;
}
