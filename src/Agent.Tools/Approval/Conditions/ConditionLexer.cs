using System.Text;

namespace Agent.Tools.Approval.Conditions;

/// <summary>Cuts a condition into words.</summary>
internal sealed class ConditionLexer(string text)
{
    private static readonly string[] Symbols = ["==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ",", "."];
    private int _position;

    /// <summary>The next word.</summary>
    /// <exception cref="ApprovalConditionException">There is none that the language knows.</exception>
    public ConditionToken Next()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
        {
            _position++;
        }

        var start = _position;
        if (start == text.Length)
        {
            return new ConditionToken(ConditionTokenKind.End, string.Empty, start);
        }

        var first = text[start];
        if (first is '"' or '\'')
        {
            return Quoted(start, first);
        }

        if (char.IsAsciiDigit(first) || (first == '-' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1])))
        {
            return Take(ConditionTokenKind.Number, start, static c => char.IsAsciiDigit(c) || c == '.');
        }

        if (char.IsLetter(first) || first == '_')
        {
            return Take(ConditionTokenKind.Word, start, static c => char.IsLetterOrDigit(c) || c is '_' or '-');
        }

        foreach (var symbol in Symbols)
        {
            if (text.AsSpan(start).StartsWith(symbol, StringComparison.Ordinal))
            {
                _position += symbol.Length;
                return new ConditionToken(ConditionTokenKind.Symbol, symbol, start);
            }
        }

        var hint = first switch
        {
            '=' => "; write '==' to compare",
            '&' => "; write 'and'",
            '|' => "; write 'or'",
            '!' => "; write 'not'",
            _ => string.Empty,
        };
        throw new ApprovalConditionException($"'{first}' is unknown here{hint}", start);
    }

    private ConditionToken Take(ConditionTokenKind kind, int start, Func<char, bool> belongs)
    {
        _position++;
        while (_position < text.Length && belongs(text[_position]))
        {
            _position++;
        }

        return new ConditionToken(kind, text[start.._position], start);
    }

    private ConditionToken Quoted(int start, char quote)
    {
        var value = new StringBuilder();
        for (_position = start + 1; _position < text.Length; _position++)
        {
            if (text[_position] == quote)
            {
                _position++;
                return new ConditionToken(ConditionTokenKind.Text, value.ToString(), start);
            }

            if (text[_position] == '\\' && _position + 1 < text.Length)
            {
                _position++;
            }

            value.Append(text[_position]);
        }

        throw new ApprovalConditionException("the text has no closing quote", start);
    }
}
