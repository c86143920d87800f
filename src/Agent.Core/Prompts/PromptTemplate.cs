using System.Text;

namespace Agent.Core.Prompts;

/// <summary>
/// A text with variables in double braces, for example <c>{{date}}</c>. Everything else, single braces too, stands for
/// itself; a value is inserted as it is and never looked at for further variables.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class PromptTemplate
{
    private readonly List<(string Literal, string? Variable)> _parts;

    private PromptTemplate(string name, List<(string Literal, string? Variable)> parts)
    {
        Name = name;
        _parts = parts;
    }

    /// <summary>Where it came from, for messages.</summary>
    public string Name { get; }

    /// <summary>The variables it uses.</summary>
    public IReadOnlySet<string> Variables => _parts.Where(p => p.Variable is not null).Select(p => p.Variable!).ToHashSet(StringComparer.Ordinal);

    /// <summary>Parses a template.</summary>
    /// <param name="text">The text; line ends become line feeds, and white space at its end is dropped.</param>
    /// <param name="name">Where it came from, for messages.</param>
    /// <param name="knownVariables">The variables that may occur.</param>
    /// <exception cref="PromptFileException">A variable is unknown or not closed; the message names line and fix.</exception>
    public static PromptTemplate Parse(string text, string name, IReadOnlyCollection<string> knownVariables)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(knownVariables);
        text = text.ReplaceLineEndings("\n").TrimEnd();
        var parts = new List<(string, string?)>();
        var at = 0;
        while (text.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            var close = text.IndexOf("}}", open + 2, StringComparison.Ordinal);
            if (close < 0)
            {
                throw new PromptFileException($"{name}:{LineOf(text, open)}: '{{{{' is not closed by '}}}}'. Close the variable, or use single braces for plain text.");
            }

            var variable = text[(open + 2)..close].Trim();
            if (!knownVariables.Contains(variable))
            {
                throw new PromptFileException($"{name}:{LineOf(text, open)}: there is no variable '{variable}'. The variables are {string.Join(", ", knownVariables.Order(StringComparer.Ordinal).Select(v => "{{" + v + "}}"))}.");
            }

            parts.Add((text[at..open], variable));
            at = close + 2;
        }

        parts.Add((text[at..], null));
        return new PromptTemplate(name, parts);
    }

    /// <summary>Fills in the variables.</summary>
    /// <exception cref="KeyNotFoundException">A variable has no value.</exception>
    public string Render(IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var text = new StringBuilder();
        foreach (var (literal, variable) in _parts)
        {
            text.Append(literal);
            if (variable is not null)
            {
                text.Append(values[variable]);
            }
        }

        return text.ToString();
    }

    private static int LineOf(string text, int position) => text.AsSpan(0, position).Count('\n') + 1;
}
