using System.Text.RegularExpressions;

namespace Agent.Tools.Registry;

/// <summary>What a tool may be called: names that every model and protocol takes.</summary>
internal static partial class ToolNameRule
{
    /// <summary>What a name must be, in words.</summary>
    internal const string Words = "1 to 64 of a-z, A-Z, 0-9, _ and -, beginning with a letter or _";

    /// <summary>What a prefix must be, in words.</summary>
    internal const string PrefixWords = "1 to 32 of a-z, A-Z, 0-9, _ and -, beginning with a letter or _";

    internal static bool Allows(string name) => NamePattern().IsMatch(name);

    internal static bool AllowsPrefix(string prefix) => PrefixPattern().IsMatch(prefix);

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_-]{0,63}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_-]{0,31}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex PrefixPattern();
}
