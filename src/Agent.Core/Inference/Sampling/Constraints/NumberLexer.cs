namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>A JSON number, byte by byte, of bounded length.</summary>
internal static class NumberLexer
{
    /// <summary>Before the first byte.</summary>
    public const int Start = 0;

    private const int Minus = 1;
    private const int Zero = 2;
    private const int Digits = 3;
    private const int Point = 4;
    private const int Fraction = 5;
    private const int Exponent = 6;
    private const int ExponentSign = 7;
    private const int ExponentDigit1 = 8;
    private const int ExponentDigit2 = 9;
    private const int ExponentDigit3 = 10;
    private const int WholePoint = 11;
    private const int WholeZero = 12;

    /// <summary>Whether a number may end here.</summary>
    public static bool IsComplete(int state) => state is Zero or Digits or Fraction or ExponentDigit1 or ExponentDigit2 or ExponentDigit3 or WholeZero;

    /// <summary>The state behind a byte; -1 where it cannot stand.</summary>
    /// <param name="state">The state.</param>
    /// <param name="length">Characters so far.</param>
    /// <param name="integer">Whether the number must be whole.</param>
    /// <param name="b">The byte.</param>
    public static int Next(int state, int length, bool integer, byte b)
    {
        var isDigit = b is >= (byte)'0' and <= (byte)'9';
        var mayGrow = length < NumberForm.MostCharacters;
        return state switch
        {
            Start when b == '-' => Minus,
            Start or Minus when b == '0' => Zero,
            Start or Minus when isDigit => Digits,
            Digits when isDigit && mayGrow => Digits,
            Zero or Digits when b == '.' => integer ? WholePoint : Point,
            Zero or Digits or Fraction when b is (byte)'e' or (byte)'E' && !integer => Exponent,
            WholePoint when b == '0' => WholeZero,
            Point when isDigit => Fraction,
            Fraction when isDigit && mayGrow => Fraction,
            Exponent when b is (byte)'+' or (byte)'-' => ExponentSign,
            Exponent or ExponentSign when isDigit => ExponentDigit1,
            ExponentDigit1 when isDigit => ExponentDigit2,
            ExponentDigit2 when isDigit => ExponentDigit3,
            _ => -1,
        };
    }
}
