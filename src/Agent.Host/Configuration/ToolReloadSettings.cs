namespace Agent.Host.Configuration;

/// <summary>What happens when the tool file is edited while the program runs.</summary>
internal sealed record ToolReloadSettings
{
    /// <summary><c>Agent:Tools:Reload</c>: whether a conversation takes over edits of the tool file.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Reads the key of the section <c>Agent:Tools</c>.</summary>
    public static ToolReloadSettings Read(SectionReader tools)
    {
        var defaults = new ToolReloadSettings();
        return new ToolReloadSettings { IsEnabled = tools.Boolean("Reload") ?? defaults.IsEnabled };
    }
}
