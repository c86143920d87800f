namespace Agent.Tools.Reloading;

/// <summary>What came of an edit of a watched tools file: <see cref="ToolsReloaded"/> or <see cref="ToolReloadFailed"/>. Immutable.</summary>
public abstract record ToolReload
{
    private protected ToolReload()
    {
    }
}
