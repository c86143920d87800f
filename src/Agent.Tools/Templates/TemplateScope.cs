using System.Text;
using System.Text.Json;
using Agent.Tools.Registry;
using Agent.Tools.Safety;
using Agent.Tools.Yaml;

namespace Agent.Tools.Templates;

/// <summary>
/// Reads the templates of one tool: <c>{name}</c> is the place of an argument, <c>{{</c> and <c>}}</c> are braces, and
/// <c>${NAME}</c> is an environment variable, whose value is never read as a template. It knows the tool's parameters, and
/// remembers which of them were used and which secrets came in.
/// </summary>
internal sealed class TemplateScope
{
    private readonly ToolDefinition _definition;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    internal TemplateScope(ToolDefinition definition, ToolKindContext context)
    {
        _definition = definition;
        Context = context;
        var schema = definition.Parameters;
        Parameters = schema?.TryGetProperty("properties", out var properties) == true && properties.ValueKind == JsonValueKind.Object
            ? [.. properties.EnumerateObject().Select(property => property.Name)]
            : [];
        Required = schema?.TryGetProperty("required", out var required) == true && required.ValueKind == JsonValueKind.Array
            ? [.. required.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : [];
    }

    internal ToolKindContext Context { get; }

    internal IReadOnlyList<string> Parameters { get; }

    internal IReadOnlyList<string> Required { get; }

    internal List<string> Secrets { get; } = [];

    internal void Report(SourcePosition position, string message, string fix) => Context.Problems.Add(position, $"{message} in tool \"{_definition.Name}\"", fix);

    /// <summary>The parts, literals and arguments; null after a problem.</summary>
    internal IReadOnlyList<TemplatePart>? Parse(YamlScalar scalar)
    {
        if (EnvironmentText.Split(scalar, Context) is not { } pieces)
        {
            return null;
        }

        var parts = new List<TemplatePart>();
        var complete = true;
        foreach (var piece in pieces)
        {
            if (piece.IsSecret)
            {
                Secrets.Add(piece.Text);
                parts.Add(new TemplatePart(piece.Text, isArgument: false, isSecret: true));
            }
            else
            {
                complete &= ParsePiece(piece.Text, scalar.Position, parts);
            }
        }

        return complete ? parts : null;
    }

    /// <summary>A text with variables but without arguments; null after a problem.</summary>
    internal string? ParseWithoutArguments(YamlScalar scalar)
    {
        if (EnvironmentText.Split(scalar, Context) is not { } pieces)
        {
            return null;
        }

        Secrets.AddRange(pieces.Where(piece => piece.IsSecret).Select(piece => piece.Text));
        return string.Concat(pieces.Select(piece => piece.Text));
    }

    /// <summary>Reports the parameters that no template used: the model would fill them in vain.</summary>
    /// <param name="places">The options that take placeholders.</param>
    internal void ReportUnused(string places)
    {
        foreach (var name in Parameters.Where(name => !_used.Contains(name)))
        {
            Report(_definition.ParametersPosition, $"parameter \"{name}\" is not used", $"Put {{{name}}} into {places}, or remove the parameter");
        }
    }

    private bool ParsePiece(string text, SourcePosition position, List<TemplatePart> parts)
    {
        var literal = new StringBuilder();
        var complete = true;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '{' or '}' && i + 1 < text.Length && text[i + 1] == c)
            {
                literal.Append(c);
                i++;
            }
            else if (c == '{')
            {
                var end = text.AsSpan(i + 1).IndexOfAny('{', '}');
                if (end <= 0 || text[i + 1 + end] != '}')
                {
                    Report(position, "a \"{\" opens no placeholder", "Write {name}, or {{ for a brace");
                    return false;
                }

                Flush(literal, parts);
                complete &= AddArgument(text.Substring(i + 1, end), position, parts);
                i += end + 1;
            }
            else if (c == '}')
            {
                Report(position, "a \"}\" closes no placeholder", "Write {name}, or }} for a brace");
                return false;
            }
            else
            {
                literal.Append(c);
            }
        }

        Flush(literal, parts);
        return complete;
    }

    private bool AddArgument(string name, SourcePosition position, List<TemplatePart> parts)
    {
        parts.Add(new TemplatePart(name, isArgument: true));
        _used.Add(name);
        if (Parameters.Contains(name, StringComparer.Ordinal))
        {
            return true;
        }

        Report(position, $"placeholder {{{name}}} names no parameter", Suggestion.For(name, Parameters, "Parameters"));
        return false;
    }

    private static void Flush(StringBuilder literal, List<TemplatePart> parts)
    {
        if (literal.Length > 0)
        {
            parts.Add(new TemplatePart(literal.ToString(), isArgument: false));
            literal.Clear();
        }
    }
}
