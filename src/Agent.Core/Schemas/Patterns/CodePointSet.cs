using System.Text;

namespace Agent.Core.Schemas.Patterns;

/// <summary>A set of Unicode characters, built once and then only read; written as a .NET expression over UTF-16 that matches exactly one of them.</summary>
internal sealed class CodePointSet
{
    private const int Last = 0x10FFFF;
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;
    private const int FirstAstral = 0x10000;

    private readonly List<(int First, int Last)> _ranges = [];

    public static CodePointSet Digits { get; } = new CodePointSet().Add('0', '9');

    public static CodePointSet WordCharacters { get; } = new CodePointSet().Add('a', 'z').Add('A', 'Z').Add('0', '9').Add('_', '_');

    public static CodePointSet Spaces { get; } = new CodePointSet()
        .Add('\t', '\r').Add(' ', ' ').Add(0xA0, 0xA0).Add(0x1680, 0x1680).Add(0x2000, 0x200A).Add(0x2028, 0x2029)
        .Add(0x202F, 0x202F).Add(0x205F, 0x205F).Add(0x3000, 0x3000).Add(0xFEFF, 0xFEFF);

    public static CodePointSet LineEnds { get; } = new CodePointSet().Add('\n', '\n').Add('\r', '\r').Add(0x2028, 0x2029);

    public CodePointSet Add(int first, int last)
    {
        _ranges.Add((first, last));
        return this;
    }

    public CodePointSet Add(CodePointSet other)
    {
        _ranges.AddRange(other._ranges);
        return this;
    }

    public CodePointSet Complement()
    {
        var complement = new CodePointSet();
        var next = 0;
        foreach (var (first, last) in Normalized())
        {
            if (first > next)
            {
                complement.Add(next, first - 1);
            }

            next = last + 1;
        }

        return next <= Last ? complement.Add(next, Last) : complement;
    }

    /// <summary>Writes the set.</summary>
    /// <param name="output">Receives the expression.</param>
    /// <param name="ranges">Receives the ranges that the pattern tells apart, which decide what it costs.</param>
    public void WriteTo(StringBuilder output, HashSet<(int First, int Last)> ranges)
    {
        var basic = new StringBuilder();
        var pairs = new List<string>();
        foreach (var (first, last) in Normalized())
        {
            ranges.Add((first, last));

            // A valid text has no lone surrogates, so what would match them is left out.
            WriteUnits(basic, first, Math.Min(last, FirstSurrogate - 1));
            WriteUnits(basic, Math.Max(first, LastSurrogate + 1), Math.Min(last, FirstAstral - 1));
            AddPairs(pairs, Math.Max(first, FirstAstral), last);
        }

        if (basic.Length == 0 && pairs.Count == 0)
        {
            throw new EcmaPatternException("it holds a class that matches nothing");
        }

        if (pairs.Count == 0)
        {
            output.Append('[').Append(basic).Append(']');
            return;
        }

        if (basic.Length > 0)
        {
            pairs.Insert(0, $"[{basic}]");
        }

        output.Append("(?:").AppendJoin('|', pairs).Append(')');
    }

    private static void WriteUnits(StringBuilder output, int first, int last)
    {
        if (first <= last)
        {
            WriteUnit(output, first);
            if (last > first)
            {
                WriteUnit(output.Append('-'), last);
            }
        }
    }

    private static StringBuilder WriteUnit(StringBuilder output, int unit) => output.Append("\\u").Append(unit.ToString("X4"));

    private static void AddPairs(List<string> pairs, int first, int last)
    {
        while (first <= last)
        {
            var (high, low) = Split(first);
            var lastOfHigh = first | 0x3FF;
            if (low == 0xDC00 && last >= lastOfHigh)
            {
                // As many whole blocks as there are share one alternative.
                var lastHigh = Split(last).High - (Split(last).Low == 0xDFFF ? 0 : 1);
                pairs.Add($"[{Unit(high)}-{Unit(lastHigh)}][\\uDC00-\\uDFFF]");
                first = FirstAstral + ((lastHigh - FirstSurrogate + 1) << 10);
                continue;
            }

            var end = Math.Min(last, lastOfHigh);
            pairs.Add($"{Unit(high)}[{Unit(low)}-{Unit(Split(end).Low)}]");
            first = end + 1;
        }
    }

    private static (int High, int Low) Split(int c) => (FirstSurrogate + ((c - FirstAstral) >> 10), 0xDC00 + ((c - FirstAstral) & 0x3FF));

    private static string Unit(int unit) => $"\\u{unit:X4}";

    private List<(int First, int Last)> Normalized()
    {
        var merged = new List<(int First, int Last)>();
        foreach (var range in _ranges.Order())
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            }
            else
            {
                merged.Add(range);
            }
        }

        return merged;
    }
}
