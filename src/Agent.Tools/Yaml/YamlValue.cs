namespace Agent.Tools.Yaml;

/// <summary>A value of a tools file that remembers where it stands. Immutable.</summary>
public abstract class YamlValue
{
    private protected YamlValue(SourcePosition position) => Position = position;

    /// <summary>Where the value begins.</summary>
    public SourcePosition Position { get; }

    /// <summary>The kind of value in words for a message, for example <c>a mapping</c>.</summary>
    public abstract string Shape { get; }
}
