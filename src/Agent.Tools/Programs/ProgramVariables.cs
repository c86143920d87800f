using System.Text.RegularExpressions;
using Agent.Tools.Templates;
using Agent.Tools.Yaml;

namespace Agent.Tools.Programs;

/// <summary>The environment of a program: the named variables of this process, and what <c>env</c> adds. Whatever else this process has may be a secret.</summary>
internal static partial class ProgramVariables
{
    /// <summary>Reads <c>env</c>; what is wrong with it is reported.</summary>
    /// <param name="reader">The options.</param>
    /// <param name="scope">The templates of the tool.</param>
    /// <param name="inherited">The variables of this process that the program gets, where they are set.</param>
    internal static Dictionary<string, string> Read(MappingReader reader, TemplateScope scope, IEnumerable<string> inherited)
    {
        var variables = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var name in inherited)
        {
            // A value that begins so is a function of a shell, which would run whatever follows it.
            if (scope.Context.Environment(name) is { Length: > 0 } value && !value.StartsWith("()", StringComparison.Ordinal))
            {
                variables[name] = value;
            }
        }

        foreach (var entry in reader.Mapping("env")?.Entries ?? [])
        {
            if (!NamePattern().IsMatch(entry.Key))
            {
                scope.Report(entry.KeyPosition, $"\"{entry.Key}\" of \"env\" is no name of a variable", "Use letters, digits and _, not beginning with a digit");
            }
            else if (entry.Value is not YamlScalar { IsNull: false } scalar)
            {
                scope.Report(entry.Value.Position, $"\"{entry.Key}\" of \"env\" is {entry.Value.Shape}", "Write a text (\"\" for an empty one), or ${NAME} for a variable of the environment");
            }
            else if (scalar.Text.Contains('\0', StringComparison.Ordinal))
            {
                scope.Report(scalar.Position, $"\"{entry.Key}\" of \"env\" holds a NUL character", "Remove it; no program can take it");
            }
            else if (scope.ParseWithoutArguments(scalar) is { } value)
            {
                variables[entry.Key] = value;
            }
        }

        return variables;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}
