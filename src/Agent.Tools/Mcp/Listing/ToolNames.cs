namespace Agent.Tools.Mcp.Listing;

/// <summary>Names of tools as a model calls them.</summary>
internal static class ToolNames
{
    internal const int MaximumLength = 64;

    /// <summary>The prefix and the server's name with every other character than a-z, A-Z, 0-9, _ and - made one _.</summary>
    internal static string Of(string name, string prefix)
    {
        var mapped = prefix + string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        if (!char.IsAsciiLetter(mapped[0]) && mapped[0] != '_')
        {
            mapped = $"_{mapped}";
        }

        return mapped.Length <= MaximumLength ? mapped : mapped[..MaximumLength];
    }
}
