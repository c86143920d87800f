using System.Buffers;
using System.Globalization;
using System.Text;

namespace Agent.Core.Schemas.Patterns;

/// <summary>
/// Translates a regular expression of ECMA-262 (with its <c>u</c> flag, as JSON Schema asks) into one of .NET that matches
/// the same texts. The two differ silently: <c>\d</c> and <c>\w</c> of .NET go beyond ASCII, <c>$</c> stops before a last
/// line end, <c>.</c> takes <c>\r</c> and half of a surrogate pair. What cannot be matched alike is refused.
/// </summary>
internal sealed class EcmaPatternTranslator
{
    private const int MaxNesting = 32;

    /// <summary>The matcher takes memory by the square of the ranges that a pattern tells apart: some 5 MB for this many.</summary>
    private const int MaxRanges = 256;

    /// <summary>Classes grow when they are written out for UTF-16; a short pattern could become a very long one.</summary>
    private const int MaxOutput = 256 * 1024;

    private const string SyntaxCharacters = "^$\\.*+?()[]{}|/";

    private static readonly SearchValues<char> s_nameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");

    private readonly string _pattern;
    private readonly StringBuilder _output = new();
    private readonly HashSet<(int First, int Last)> _ranges = [];
    private int _at;
    private int _nesting;

    private EcmaPatternTranslator(string pattern)
    {
        _pattern = pattern;
    }

    private bool AtEnd => _at >= _pattern.Length;

    private char Current => _pattern[_at];

    /// <exception cref="EcmaPatternException">The pattern is malformed, or cannot be matched exactly.</exception>
    public static (string Pattern, int Ranges) Translate(string pattern)
    {
        var translator = new EcmaPatternTranslator(pattern);
        translator.ReadAlternatives();
        return translator.AtEnd
            ? (translator._output.ToString(), translator._ranges.Count)
            : throw Fault("a parenthesis is closed that was not opened");
    }

    private static EcmaPatternException Fault(string reason) => new(reason);

    private void ReadAlternatives()
    {
        while (!AtEnd && Current != ')')
        {
            if (Current == '|')
            {
                _output.Append('|');
                _at++;
            }
            else
            {
                ReadTerm();
            }
        }
    }

    private void ReadTerm()
    {
        switch (Current)
        {
            case '^':
                _at++;
                _output.Append('^');
                return;
            case '$':
                _at++;
                _output.Append("\\z");
                return;
            case '(':
                ReadGroup();
                break;
            case '[':
                ReadClass().WriteTo(_output, _ranges);
                break;
            case '.':
                _at++;
                CodePointSet.LineEnds.Complement().WriteTo(_output, _ranges);
                break;
            case '\\':
                ReadEscape(inClass: false).WriteTo(_output, _ranges);
                break;
            case '*' or '+' or '?':
                throw Fault($"\"{Current}\" has nothing before it to repeat");
            default:
                var character = ReadCharacter();
                new CodePointSet().Add(character, character).WriteTo(_output, _ranges);
                break;
        }

        if (_ranges.Count > MaxRanges || _output.Length > MaxOutput)
        {
            throw Fault($"it tells more than {MaxRanges} ranges of characters apart, or is too large once they are written out");
        }

        ReadQuantifier();
    }

    private void ReadGroup()
    {
        if (++_nesting > MaxNesting)
        {
            throw Fault($"its parentheses are nested deeper than {MaxNesting}");
        }

        _at++;
        if (!AtEnd && Current == '?')
        {
            _at++;
            ReadGroupKind();
        }

        _output.Append("(?:");
        ReadAlternatives();
        if (AtEnd)
        {
            throw Fault("a parenthesis is not closed");
        }

        _at++;
        _output.Append(')');
        _nesting--;
    }

    private void ReadGroupKind()
    {
        var rest = _pattern.AsSpan(_at);
        if (rest.StartsWith(":"))
        {
            _at++;
        }
        else if (rest.StartsWith("=") || rest.StartsWith("!") || rest.StartsWith("<=") || rest.StartsWith("<!"))
        {
            throw Fault("it looks ahead or behind, which takes backtracking");
        }
        else if (rest.StartsWith("<") && rest.IndexOf('>') is > 1 and var end && !rest[1..end].ContainsAnyExcept(s_nameCharacters))
        {
            _at += end + 1;
        }
        else
        {
            throw Fault("it holds a kind of group that ECMA-262 does not have");
        }
    }

    private void ReadQuantifier()
    {
        if (AtEnd)
        {
            return;
        }

        if (Current is '*' or '+' or '?')
        {
            _output.Append(Current);
            _at++;
        }
        else if (Current != '{' || !TryReadCounts())
        {
            return;
        }

        if (!AtEnd && Current == '?')
        {
            // Lazy or greedy, the same texts match.
            _at++;
        }

        if (!AtEnd && Current is '*' or '+' or '?')
        {
            throw Fault("a repetition is repeated");
        }
    }

    private bool TryReadCounts()
    {
        var end = _pattern.IndexOf('}', _at);
        if (end < 0)
        {
            return false;
        }

        var counts = _pattern[(_at + 1)..end].Split(',');
        if (counts.Length > 2 || counts[0].Length == 0 || !counts.All(count => count.All(char.IsAsciiDigit)))
        {
            return false;
        }

        if (counts.Any(count => count.Length > 9))
        {
            throw Fault("it repeats something too often");
        }

        if (counts.Length == 2 && counts[1].Length > 0 && int.Parse(counts[0]) > int.Parse(counts[1]))
        {
            throw Fault($"the repetition {{{counts[0]},{counts[1]}}} has its bounds the wrong way round");
        }

        _output.Append(_pattern, _at, end + 1 - _at);
        _at = end + 1;
        return true;
    }

    private CodePointSet ReadClass()
    {
        _at++;
        var negated = !AtEnd && Current == '^';
        if (negated)
        {
            _at++;
        }

        var set = new CodePointSet();
        while (!AtEnd && Current != ']')
        {
            var first = ReadClassAtom(out var firstCharacter);
            if (!AtEnd && Current == '-' && _at + 1 < _pattern.Length && _pattern[_at + 1] != ']')
            {
                _at++;
                ReadClassAtom(out var lastCharacter);
                if (firstCharacter is not { } from || lastCharacter is not { } to)
                {
                    throw Fault("a range of a class starts or ends with a class");
                }

                if (from > to)
                {
                    throw Fault("a range of a class has its ends the wrong way round");
                }

                set.Add(from, to);
            }
            else
            {
                set.Add(first);
            }
        }

        if (AtEnd)
        {
            throw Fault("a class is not closed with \"]\"");
        }

        _at++;
        return negated ? set.Complement() : set;
    }

    private CodePointSet ReadClassAtom(out int? character)
    {
        if (Current == '\\')
        {
            return ReadEscape(inClass: true, out character);
        }

        character = ReadCharacter();
        return new CodePointSet().Add(character.Value, character.Value);
    }

    private CodePointSet ReadEscape(bool inClass) => ReadEscape(inClass, out _);

    /// <param name="inClass">Whether it stands between brackets.</param>
    /// <param name="character">The one character that it means; null for a class.</param>
    private CodePointSet ReadEscape(bool inClass, out int? character)
    {
        _at++;
        if (AtEnd)
        {
            throw Fault("it ends in a backslash");
        }

        var c = Current;
        _at++;
        character = null;
        switch (c)
        {
            case 'd':
                return CodePointSet.Digits;
            case 'D':
                return CodePointSet.Digits.Complement();
            case 'w':
                return CodePointSet.WordCharacters;
            case 'W':
                return CodePointSet.WordCharacters.Complement();
            case 's':
                return CodePointSet.Spaces;
            case 'S':
                return CodePointSet.Spaces.Complement();
            case 'p' or 'P':
                throw Fault($"Unicode classes (\\{c}) are too large to be matched; write ranges such as [\\u4E00-\\u9FFF]");
            case 'b' when !inClass:
            case 'B' when !inClass:
                throw Fault($"word boundaries (\\{c}) of ECMA-262 and of this platform differ");
            case >= '1' and <= '9' or 'k':
                throw Fault("it refers back to a group, which takes backtracking");
            default:
                character = ReadCharacterEscape(c);
                return new CodePointSet().Add(character.Value, character.Value);
        }
    }

    private int ReadCharacterEscape(char c) => c switch
    {
        't' => '\t',
        'n' => '\n',
        'v' => '\v',
        'f' => '\f',
        'r' => '\r',
        'b' => '\b',
        '0' when AtEnd || !char.IsAsciiDigit(Current) => 0,
        'c' when !AtEnd && char.IsAsciiLetter(Current) => _pattern[_at++] % 32,
        'x' => ReadHex(2),
        'u' => ReadUnicodeEscape(),
        _ when SyntaxCharacters.Contains(c, StringComparison.Ordinal) || (char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c)) => c,
        _ => throw Fault($"the escape \\{c} has no meaning in ECMA-262"),
    };

    private int ReadUnicodeEscape()
    {
        if (!AtEnd && Current == '{')
        {
            var end = _pattern.IndexOf('}', _at);
            if (end < 0 || !int.TryParse(_pattern.AsSpan(_at + 1, end - _at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || !Rune.IsValid(value))
            {
                throw Fault("an escape \\u{...} does not name a character");
            }

            _at = end + 1;
            return value;
        }

        var unit = ReadHex(4);
        if (char.IsHighSurrogate((char)unit) && _pattern.AsSpan(_at).StartsWith("\\u"))
        {
            _at += 2;
            var low = ReadHex(4);
            return char.IsLowSurrogate((char)low) ? char.ConvertToUtf32((char)unit, (char)low) : throw Fault("it holds half of a surrogate pair");
        }

        return char.IsSurrogate((char)unit) ? throw Fault("it holds half of a surrogate pair") : unit;
    }

    private int ReadHex(int digits)
    {
        if (_at + digits > _pattern.Length || !int.TryParse(_pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            throw Fault($"an escape lacks its {digits} hexadecimal digits");
        }

        _at += digits;
        return value;
    }

    private int ReadCharacter()
    {
        // The scan of the document has made sure that the text has no lone surrogates.
        var value = char.ConvertToUtf32(_pattern, _at);
        _at += value > char.MaxValue ? 2 : 1;
        return value;
    }
}
