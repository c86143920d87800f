namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>The inside of a JSON string, byte by byte: well-formed UTF-8, escapes, and pairs of surrogates.</summary>
/// <remarks>Immutable and thread-safe. State 0 is between two characters, where alone the string may end.</remarks>
internal sealed class StringLexer
{
    /// <summary>Between two characters.</summary>
    public const int Start = 0;

    /// <summary>The byte cannot stand here.</summary>
    public const int Reject = -1;

    /// <summary>The byte is the quotation mark that ends the string.</summary>
    public const int End = -2;

    /// <summary>Number of states.</summary>
    public const int States = 20;

    private const int Escape = 1;

    // Bytes of a character that are still due; the second byte of some is narrower, so that no form is overlong, a surrogate or
    // above U+10FFFF.
    private const int OneMore = 13;
    private const int TwoMore = 14;
    private const int AfterE0 = 15;
    private const int AfterEd = 16;
    private const int AfterF0 = 17;
    private const int ThreeMore = 18;
    private const int AfterF4 = 19;

    private readonly sbyte[] _next = new sbyte[States * 256];

    private StringLexer()
    {
        Array.Fill(_next, (sbyte)Reject);
        Allow(Start, 0x20, 0x7F, Start);
        Allow(Start, '"', '"', End);
        Allow(Start, '\\', '\\', Escape);
        Allow(Start, 0xC2, 0xDF, OneMore);
        Allow(Start, 0xE0, 0xE0, AfterE0);
        Allow(Start, 0xE1, 0xEF, TwoMore);
        Allow(Start, 0xED, 0xED, AfterEd);
        Allow(Start, 0xF0, 0xF0, AfterF0);
        Allow(Start, 0xF1, 0xF3, ThreeMore);
        Allow(Start, 0xF4, 0xF4, AfterF4);
        Allow(OneMore, 0x80, 0xBF, Start);
        Allow(TwoMore, 0x80, 0xBF, OneMore);
        Allow(AfterE0, 0xA0, 0xBF, OneMore);
        Allow(AfterEd, 0x80, 0x9F, OneMore);
        Allow(AfterF0, 0x90, 0xBF, TwoMore);
        Allow(ThreeMore, 0x80, 0xBF, TwoMore);
        Allow(AfterF4, 0x80, 0x8F, TwoMore);
    }

    /// <summary>Strings as values: every escape of JSON, surrogates in pairs only.</summary>
    public static StringLexer OfValues { get; } = CreateOfValues();

    /// <summary>Names of properties: only the escapes that a writer needs, so that one name has one text.</summary>
    public static StringLexer OfNames { get; } = CreateOfNames();

    /// <summary>The state behind a byte, <see cref="Reject"/> or <see cref="End"/>.</summary>
    public int Next(int state, byte b) => _next[(state << 8) | b];

    private static StringLexer CreateOfValues()
    {
        const int Hex1 = 2, Hex2 = 3, Hex3 = 4, Hex4 = 5, AfterD = 6, High3 = 7, High4 = 8, LowEscape = 9, LowU = 10, Low1 = 11, Low2 = 12;
        var lexer = new StringLexer();
        foreach (var c in "\"\\/bfnrt")
        {
            lexer.Allow(Escape, c, c, Start);
        }

        lexer.Allow(Escape, 'u', 'u', Hex1);
        lexer.AllowHex(Hex1, 0, 15, Hex2);
        lexer.AllowHex(Hex1, 13, 13, AfterD);
        lexer.AllowHex(Hex2, 0, 15, Hex3);
        lexer.AllowHex(Hex3, 0, 15, Hex4);
        lexer.AllowHex(Hex4, 0, 15, Start);
        lexer.AllowHex(AfterD, 0, 7, Hex3);
        lexer.AllowHex(AfterD, 8, 11, High3);
        lexer.AllowHex(High3, 0, 15, High4);
        lexer.AllowHex(High4, 0, 15, LowEscape);
        lexer.Allow(LowEscape, '\\', '\\', LowU);
        lexer.Allow(LowU, 'u', 'u', Low1);
        lexer.AllowHex(Low1, 13, 13, Low2);
        lexer.AllowHex(Low2, 12, 15, Hex3);
        return lexer;
    }

    private static StringLexer CreateOfNames()
    {
        const int Hex1 = 2, Hex2 = 3, Hex3 = 4, After0 = 5, After1 = 6;
        var lexer = new StringLexer();
        foreach (var c in "\"\\bfnrt")
        {
            lexer.Allow(Escape, c, c, Start);
        }

        lexer.Allow(Escape, 'u', 'u', Hex1);
        lexer.Allow(Hex1, '0', '0', Hex2);
        lexer.Allow(Hex2, '0', '0', Hex3);
        lexer.Allow(Hex3, '0', '0', After0);
        lexer.Allow(Hex3, '1', '1', After1);
        foreach (var c in "01234567bef")
        {
            lexer.Allow(After0, c, c, Start);
        }

        lexer.Allow(After1, '0', '9', Start);
        lexer.Allow(After1, 'a', 'f', Start);
        return lexer;
    }

    private void AllowHex(int state, int from, int to, int next)
    {
        for (var digit = from; digit <= to; digit++)
        {
            var (lower, upper) = ("0123456789abcdef"[digit], "0123456789ABCDEF"[digit]);
            Allow(state, lower, lower, next);
            Allow(state, upper, upper, next);
        }
    }

    private void Allow(int state, int from, int to, int next)
    {
        for (var b = from; b <= to; b++)
        {
            _next[(state << 8) | b] = (sbyte)next;
        }
    }
}
