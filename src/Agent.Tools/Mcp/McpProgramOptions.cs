namespace Agent.Tools.Mcp;

/// <summary>A server that is a program of this machine.</summary>
internal sealed record McpProgramOptions
{
    /// <summary><c>command</c>: a name that is looked up in PATH, or a path.</summary>
    internal required string Command { get; init; }

    /// <summary><c>args</c>, each of which is one argument as it stands: no shell reads them.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>All variables that the program gets.</summary>
    internal required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary><c>cwd</c>; the folder of the tools file by default, from which relative paths are counted too.</summary>
    internal required string Folder { get; init; }
}
