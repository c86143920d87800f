namespace Agent.Tools.Yaml;

/// <summary>A list of values.</summary>
public sealed class YamlSequence : YamlValue
{
    internal YamlSequence(SourcePosition position, IReadOnlyList<YamlValue> items)
        : base(position) => Items = items;

    /// <summary>The items in file order.</summary>
    public IReadOnlyList<YamlValue> Items { get; }

    /// <inheritdoc/>
    public override string Shape => "a list";
}
