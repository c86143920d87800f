using Agent.Tools.Masking;

namespace Agent.Tools.Registry;

/// <summary>What could be read of a tools file.</summary>
/// <param name="Tools">The entries in file order; their names are unique.</param>
/// <param name="Rejected">Entries that cannot be told apart, for want of a name of their own: their kinds check them all the same.</param>
/// <param name="Mask">What the file declares as secret.</param>
internal sealed record ToolsFileContent(IReadOnlyList<ToolDefinition> Tools, IReadOnlyList<ToolDefinition> Rejected, SecretMask Mask)
{
    /// <summary>Nothing.</summary>
    internal static ToolsFileContent Empty { get; } = new([], [], SecretMask.None);
}
