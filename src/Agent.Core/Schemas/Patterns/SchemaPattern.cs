using System.Text.RegularExpressions;

namespace Agent.Core.Schemas.Patterns;

/// <summary>A regular expression of a schema, matched without backtracking: in time linear in the text. Thread-safe.</summary>
internal sealed class SchemaPattern
{
    /// <summary>Beyond what linear matching of any admitted text takes; a stop in case that is wrong.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    private readonly Regex _regex;

    private SchemaPattern(string source, Regex regex, int ranges)
    {
        Source = source;
        Ranges = ranges;
        _regex = regex;
    }

    /// <summary>The pattern as written in the schema.</summary>
    public string Source { get; }

    /// <summary>How many ranges of characters it tells apart: a measure of its cost.</summary>
    public int Ranges { get; }

    /// <exception cref="EcmaPatternException">The pattern cannot be translated exactly.</exception>
    /// <exception cref="RegexParseException">It is not a regular expression.</exception>
    /// <exception cref="NotSupportedException">It is too large for matching in linear time.</exception>
    public static SchemaPattern Compile(string pattern)
    {
        var (translated, ranges) = EcmaPatternTranslator.Translate(pattern);
        return new SchemaPattern(pattern, new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, s_timeout), ranges);
    }

    /// <summary>Whether the pattern is found anywhere in the text; a text that takes too long does not match.</summary>
    public bool IsMatch(string text)
    {
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
