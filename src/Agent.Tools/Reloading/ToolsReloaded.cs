namespace Agent.Tools.Reloading;

/// <summary>The edit was right: leases acquired from now on have the new tools.</summary>
/// <param name="Added">Names of the tools that were not there before, in the order of the files.</param>
/// <param name="Removed">Names of the tools that are gone.</param>
/// <param name="Changed">Names of the tools that are there still, with another entry, description, schema or limits.</param>
/// <remarks>
/// All three lists are empty after an edit of comments or order, and where a file that was wrong is again what the tools in use
/// were made from.
/// </remarks>
public sealed record ToolsReloaded(IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed) : ToolReload
{
    /// <summary>Whether any tool differs.</summary>
    public bool HasChanges => Added.Count + Removed.Count + Changed.Count > 0;
}
