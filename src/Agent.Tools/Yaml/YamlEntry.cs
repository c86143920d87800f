namespace Agent.Tools.Yaml;

/// <summary>One <c>key: value</c> of a mapping.</summary>
/// <param name="Key">The key's text.</param>
/// <param name="KeyPosition">Where the key stands.</param>
/// <param name="Value">The value.</param>
public sealed record YamlEntry(string Key, SourcePosition KeyPosition, YamlValue Value);
