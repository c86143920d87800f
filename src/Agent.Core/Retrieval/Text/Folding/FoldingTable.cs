using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;

namespace Agent.Core.Retrieval.Text.Folding;

/// <summary>
/// Maps each code point to what stands for it in a term: compatibility forms and widths resolved, case folded, the marks of Latin, Greek, Arabic and
/// Hebrew letters gone, traditional Chinese characters as simplified ones. The result folds to itself. Thread-safe.
/// </summary>
/// <remarks>The tables are made by <c>python3 folding.py</c> in this folder, which says where they come from; licences are in THIRD-PARTY-NOTICES.txt.</remarks>
internal sealed class FoldingTable
{
    // Not a character, so nothing folds to it.
    private const char Elsewhere = '\uFFFF';

    // One character for each of the Basic Multilingual Plane; Elsewhere where the result is not exactly one character.
    private readonly char[] _single = new char[0x10000];
    private readonly FrozenDictionary<int, string> _others;

    private FoldingTable()
    {
        for (var i = 0; i < _single.Length; i++)
        {
            _single[i] = (char)i;
        }

        var others = new Dictionary<int, string>();
        var simplified = ReadSimplified();
        foreach (var (traditional, simple) in simplified)
        {
            Set(traditional, simple, others);
        }

        using var reader = Open("folding.txt");
        while (reader.ReadLine() is { } line)
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            var result = string.Concat(line[..tab].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(hex => Simplify(Parse(hex), simplified)));
            foreach (var run in line[(tab + 1)..].Split(' '))
            {
                var dash = run.IndexOf('-', StringComparison.Ordinal);
                var last = Parse(run.AsSpan(dash + 1));
                for (var point = dash < 0 ? last : Parse(run.AsSpan(0, dash)); point <= last; point++)
                {
                    Set(point, result, others);
                }
            }
        }

        others[Elsewhere] = Elsewhere.ToString();
        _others = others.ToFrozenDictionary();
    }

    public static FoldingTable Instance { get; } = new();

    /// <summary>What stands for a character of the Basic Multilingual Plane, a lone surrogate included; empty where nothing does.</summary>
    public ReadOnlySpan<char> Fold(char character) =>
        _single[character] != Elsewhere ? _single.AsSpan(character, 1) : _others[character];

    /// <summary>What stands for a pair of surrogates.</summary>
    /// <param name="pair">Two characters, a high and a low surrogate.</param>
    public ReadOnlySpan<char> Fold(ReadOnlySpan<char> pair) =>
        _others.TryGetValue(char.ConvertToUtf32(pair[0], pair[1]), out var folded) ? folded : pair;

    private void Set(int point, string result, Dictionary<int, string> others)
    {
        if (point > char.MaxValue)
        {
            others[point] = result;
        }
        else if (result.Length == 1)
        {
            _single[point] = result[0];
        }
        else
        {
            _single[point] = Elsewhere;
            others[point] = result;
        }
    }

    private static string Simplify(int point, Dictionary<int, string> simplified) =>
        simplified.TryGetValue(point, out var simple) ? simple : char.ConvertFromUtf32(point);

    private static Dictionary<int, string> ReadSimplified()
    {
        var table = new Dictionary<int, string>();
        using var reader = Open("simplified.txt");
        while (reader.ReadLine() is { } line)
        {
            var runes = line.EnumerateRunes();
            runes.MoveNext();
            var simple = runes.Current.ToString();
            while (runes.MoveNext())
            {
                table[runes.Current.Value] = simple;
            }
        }

        return table;
    }

    private static int Parse(ReadOnlySpan<char> hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static StreamReader Open(string name) =>
        new(Assembly.GetExecutingAssembly().GetManifestResourceStream("Agent.Core.Retrieval.Text." + name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from this build of Agent.Core."));
}
