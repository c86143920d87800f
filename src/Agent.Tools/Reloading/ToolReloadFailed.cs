using Agent.Tools.Registry;

namespace Agent.Tools.Reloading;

/// <summary>The edit was wrong: the tools stay as they were until a right one follows.</summary>
/// <param name="Problems">Everything that is wrong, by file and place; never empty.</param>
public sealed record ToolReloadFailed(IReadOnlyList<ToolProblem> Problems) : ToolReload;
