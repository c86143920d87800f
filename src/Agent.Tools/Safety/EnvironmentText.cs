using System.Text.RegularExpressions;
using Agent.Tools.Registry;
using Agent.Tools.Yaml;

namespace Agent.Tools.Safety;

/// <summary>Puts environment variables into texts of a tools file: <c>${NAME}</c>.</summary>
internal static partial class EnvironmentText
{
    /// <summary>The text in pieces, with the values of variables apart from what the author wrote, or null after a problem.</summary>
    internal static IReadOnlyList<EnvironmentPiece>? Split(YamlScalar scalar, ToolKindContext context)
    {
        var pieces = new List<EnvironmentPiece>();
        var next = 0;
        var complete = true;
        foreach (var match in VariablePattern().EnumerateMatches(scalar.Text))
        {
            if (match.Index > next)
            {
                pieces.Add(new EnvironmentPiece(scalar.Text[next..match.Index], isSecret: false));
            }

            var name = scalar.Text.Substring(match.Index + 2, match.Length - 3);
            var value = context.Environment(name);
            if (string.IsNullOrEmpty(value))
            {
                context.Problems.Add(scalar.Position, $"environment variable {name} is not set", $"Set {name} before starting, or remove ${{{name}}}");
                complete = false;
            }
            else if (value.AsSpan().ContainsAny('\r', '\n', '\0'))
            {
                context.Problems.Add(scalar.Position, $"environment variable {name} holds a line break", $"Set {name} to a single line");
                complete = false;
            }
            else
            {
                pieces.Add(new EnvironmentPiece(value, isSecret: true));
            }

            next = match.Index + match.Length;
        }

        if (next < scalar.Text.Length)
        {
            pieces.Add(new EnvironmentPiece(scalar.Text[next..], isSecret: false));
        }

        return complete ? pieces : null;
    }

    [GeneratedRegex(@"\$\{[A-Za-z_][A-Za-z0-9_]*\}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex VariablePattern();
}
