using System.Text.RegularExpressions;
using Agent.Tools.Registry;
using Agent.Tools.Yaml;

namespace Agent.Tools.Masking;

/// <summary>Reads <c>masking</c> of a tools file.</summary>
internal static partial class MaskReader
{
    private const int LongestPattern = 500;
    private const int MostPatterns = 50;

    /// <summary>The mask; <see cref="SecretMask.None"/> where the file declares none.</summary>
    internal static SecretMask Read(YamlMapping? mapping, ToolProblems problems)
    {
        if (mapping is null)
        {
            return SecretMask.None;
        }

        var reader = new MappingReader(mapping, problems, "masking");
        var items = reader.Sequence("patterns")?.Items ?? [];
        if (items.Count == 0)
        {
            problems.Add(mapping.Position, "\"masking\" names no \"patterns\"", $"List some of {string.Join(", ", BuiltInMasks.All.Select(p => p.Name))}, or patterns of your own");
        }
        else if (items.Count > MostPatterns)
        {
            problems.Add(items[MostPatterns].Position, $"\"masking\" has {items.Count} patterns, more than {MostPatterns}", "Join some of them with |");
        }

        var patterns = items.Select(item => ReadPattern(item, problems)).OfType<MaskPattern>().ToList();
        var beforeModel = reader.Boolean("before_model") ?? false;
        reader.End();
        return new SecretMask(patterns, beforeModel);
    }

    private static MaskPattern? ReadPattern(YamlValue item, ToolProblems problems)
    {
        switch (item)
        {
            case YamlScalar scalar:
                var found = BuiltInMasks.All.FirstOrDefault(pattern => pattern.Name == scalar.Text);
                if (found is null)
                {
                    problems.Add(
                        scalar.Position,
                        $"masking pattern {scalar.Shape} is not known",
                        Suggestion.For(scalar.Text, [.. BuiltInMasks.All.Select(pattern => pattern.Name)], "Known patterns") + "; or write { name: ..., pattern: ... }");
                }

                return found;
            case YamlMapping mapping:
                return ReadOwn(mapping, problems);
            default:
                problems.Add(item.Position, $"a masking pattern is {item.Shape}", "Write a known name, or { name: ..., pattern: ... }");
                return null;
        }
    }

    private static MaskPattern? ReadOwn(YamlMapping mapping, ToolProblems problems)
    {
        var reader = new MappingReader(mapping, problems, "a masking pattern");
        var name = reader.RequiredText("name");
        var pattern = reader.RequiredText("pattern");
        reader.End();
        if (name is null || pattern is null)
        {
            return null;
        }

        if (!Name().IsMatch(name.Text))
        {
            problems.Add(name.Position, $"masking name {name.Shape} is not allowed", "Use 1 to 32 of a-z, 0-9 and _");
            return null;
        }

        if (pattern.Text.Length > LongestPattern)
        {
            problems.Add(pattern.Position, $"masking pattern \"{name.Text}\" has {pattern.Text.Length} characters, more than {LongestPattern}", "Split it into several patterns");
            return null;
        }

        try
        {
            // Without backtracking no text, however hostile, takes more than linear time.
            var expression = new Regex(pattern.Text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
            if (!expression.IsMatch(string.Empty))
            {
                return new MaskPattern(name.Text, expression);
            }

            problems.Add(pattern.Position, $"masking pattern \"{name.Text}\" matches nothing at all", "Make it match at least one character");
        }
        catch (RegexParseException exception)
        {
            problems.Add(pattern.Position, $"masking pattern \"{name.Text}\" is no regular expression: {exception.Message.TrimEnd('.')}", "Write it in the form that .NET reads");
        }
        catch (NotSupportedException)
        {
            problems.Add(pattern.Position, $"masking pattern \"{name.Text}\" uses a look-around, a back-reference or an atomic group", "Leave them out: patterns are matched in linear time, without backtracking");
        }

        return null;
    }

    [GeneratedRegex("^[a-z0-9_]{1,32}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
