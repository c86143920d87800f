namespace Agent.Core.Schemas.Patterns;

/// <summary>The patterns of one schema: equal ones are shared, and their memory together is bounded.</summary>
internal sealed class SchemaPatterns
{
    private const int MaxPatterns = 64;
    private const int MaxRanges = 1024;

    private readonly Dictionary<string, SchemaPattern> _known = new(StringComparer.Ordinal);
    private int _ranges;

    /// <exception cref="EcmaPatternException">The pattern cannot be translated exactly, or is one too many.</exception>
    /// <exception cref="System.Text.RegularExpressions.RegexParseException">It is not a regular expression.</exception>
    /// <exception cref="NotSupportedException">It is too large for matching in linear time.</exception>
    public SchemaPattern Compile(string pattern)
    {
        if (_known.TryGetValue(pattern, out var known))
        {
            return known;
        }

        if (_known.Count == MaxPatterns)
        {
            throw new EcmaPatternException($"the schema has more than {MaxPatterns} different patterns");
        }

        var compiled = SchemaPattern.Compile(pattern);
        _ranges += compiled.Ranges;
        if (_ranges > MaxRanges)
        {
            throw new EcmaPatternException($"the patterns of the schema together tell more than {MaxRanges} ranges of characters apart");
        }

        _known.Add(pattern, compiled);
        return compiled;
    }
}
