namespace Agent.Tools.Yaml;

/// <summary>A mapping with its entries in the order of the file; keys are unique.</summary>
public sealed class YamlMapping : YamlValue
{
    internal YamlMapping(SourcePosition position, IReadOnlyList<YamlEntry> entries)
        : base(position) => Entries = entries;

    /// <summary>The entries in file order.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; }

    /// <inheritdoc/>
    public override string Shape => "a mapping";

    /// <summary>The entry of a key, or null.</summary>
    public YamlEntry? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (string.Equals(entry.Key, key, StringComparison.Ordinal))
            {
                return entry;
            }
        }

        return null;
    }
}
