using Microsoft.Extensions.Configuration;

namespace Agent.Host.Configuration;

/// <summary>The environment variables <c>Agent__Section__Key</c>.</summary>
internal sealed class EnvironmentSettings(IReadOnlyDictionary<string, string> variables) : ConfigurationProvider, IConfigurationSource, ISettingSource
{
    private const string Prefix = "Agent__";
    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load()
    {
        foreach (var (name, value) in variables)
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                var key = name.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
                Data[key] = value;
                _names[key] = name;
            }
        }
    }

    public string Describe(string key) => $"environment variable {_names.GetValueOrDefault(key, key.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal))}";
}
