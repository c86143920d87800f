using System.Text;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// Cuts a statement into the pieces that the server sees (strings, dollar quotes, nested comments, E'' strings, operators). What the
/// server's versions read differently, or what no question needs, is refused rather than guessed at. Linear in the statement's length.
/// </summary>
internal sealed class PostgresLexer
{
    private const int LongestName = 63;
    private const string OperatorCharacters = "+-*/<>=~!@#%^&|`?";

    private readonly string _sql;
    private readonly List<PostgresToken> _tokens = [];
    private int _next;

    private PostgresLexer(string sql) => _sql = sql;

    /// <exception cref="SqlEngineException">The statement holds something that is not allowed anywhere.</exception>
    internal static IReadOnlyList<PostgresToken> Read(string sql)
    {
        foreach (var rune in sql.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || (rune.Value < ' ' && rune.Value is not ('\t' or '\n' or '\r')) || rune.Value == 0x7F)
            {
                throw Wrong("the statement holds a control character");
            }
        }

        var lexer = new PostgresLexer(sql);
        while (lexer.SkipGap() is var gap && lexer._next < sql.Length)
        {
            lexer._tokens.Add(lexer.ReadToken() with { Gap = gap });
        }

        return lexer._tokens;
    }

    private static SqlEngineException Wrong(string message) => new(SqlFailure.Statement, message);

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= '\x80';

    private static bool IsNamePart(char c) => IsNameStart(c) || char.IsAsciiDigit(c) || c == '$';

    private char At(int index) => index < _sql.Length ? _sql[index] : '\0';

    private bool StartsWith(string text) => string.CompareOrdinal(_sql, _next, text, 0, text.Length) == 0;

    private string SkipGap()
    {
        var start = _next;
        while (_next < _sql.Length)
        {
            if (_sql[_next] is ' ' or '\t' or '\n' or '\r')
            {
                _next++;
            }
            else if (StartsWith("--"))
            {
                var end = _sql.AsSpan(_next).IndexOfAny('\r', '\n');
                _next = end < 0 ? _sql.Length : _next + end;
            }
            else if (StartsWith("/*"))
            {
                SkipComment();
            }
            else
            {
                break;
            }
        }

        // Two texts with a line break between them are one, so it must stay.
        var gap = _sql.AsSpan(start, _next - start);
        return gap.Length == 0 ? string.Empty : gap.ContainsAny('\r', '\n') ? "\n" : " ";
    }

    private void SkipComment()
    {
        var depth = 0;
        do
        {
            if (StartsWith("/*"))
            {
                depth++;
                _next += 2;
            }
            else if (StartsWith("*/"))
            {
                depth--;
                _next += 2;
            }
            else if (_next >= _sql.Length)
            {
                throw Wrong("a comment has no end");
            }
            else
            {
                _next++;
            }
        }
        while (depth > 0);
    }

    private PostgresToken ReadToken()
    {
        var start = _next;
        var c = _sql[start];
        if (c == '\'')
        {
            SkipQuoted('\'', hasEscapes: false);
            return Token(PostgresTokenKind.Text, start);
        }

        if (c == '"')
        {
            SkipQuoted('"', hasEscapes: false);
            return Token(PostgresTokenKind.QuotedName, start, Name(_sql[(start + 1)..(_next - 1)].Replace("\"\"", "\"", StringComparison.Ordinal)));
        }

        if (c == '$')
        {
            SkipDollarQuoted();
            return Token(PostgresTokenKind.Text, start);
        }

        return IsNameStart(c) ? ReadWord(start)
            : char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(At(start + 1))) ? ReadNumber(start)
            : OperatorCharacters.Contains(c, StringComparison.Ordinal) ? ReadOperator(start)
            : ReadMark(start);
    }

    private PostgresToken ReadWord(int start)
    {
        while (_next < _sql.Length && IsNamePart(_sql[_next]))
        {
            _next++;
        }

        // The server folds ASCII only where its text is UTF-8.
        var word = string.Create(_next - start, (_sql, start), static (target, source) =>
        {
            for (var index = 0; index < target.Length; index++)
            {
                var letter = source._sql[source.start + index];
                target[index] = char.IsAsciiLetterUpper(letter) ? (char)(letter + 32) : letter;
            }
        });
        if (word == "e" && At(_next) == '\'')
        {
            SkipQuoted('\'', hasEscapes: true);
            return Token(PostgresTokenKind.Text, start);
        }

        if (word == "u" && At(_next) == '&' && At(_next + 1) is '\'' or '"')
        {
            throw Wrong("U& texts and names are not available; write the characters themselves");
        }

        return Token(PostgresTokenKind.Word, start, Name(word));
    }

    // A longer name is cut by the server, and would be another one than was checked.
    private static string Name(string name) =>
        name.Length == 0 ? throw Wrong("a name is empty")
        : Encoding.UTF8.GetByteCount(name) > LongestName ? throw Wrong($"a name is longer than {LongestName} bytes")
        : name;

    private PostgresToken ReadNumber(int start)
    {
        SkipDigits();
        if (At(_next) == '.' && At(_next + 1) != '.')
        {
            _next++;
            SkipDigits();
        }

        if (At(_next) is 'e' or 'E' && (char.IsAsciiDigit(At(_next + 1)) || (At(_next + 1) is '+' or '-' && char.IsAsciiDigit(At(_next + 2)))))
        {
            _next += 2;
            SkipDigits();
        }

        // Versions disagree on where such a number ends.
        return IsNamePart(At(_next)) && _next < _sql.Length ? throw Wrong("a number runs into a name; put a space between them") : Token(PostgresTokenKind.Number, start);
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(At(_next)))
        {
            _next++;
        }
    }

    private PostgresToken ReadOperator(int start)
    {
        while (_next < _sql.Length && OperatorCharacters.Contains(_sql[_next], StringComparison.Ordinal) && !StartsWith("--") && !StartsWith("/*"))
        {
            // The mark of a parameter may follow an operator without a space; <@ is an operator of its own.
            if (_sql[_next] == '@' && IsNameStart(At(_next + 1)) && (_next == start || _sql[_next - 1] is not ('<' or '@')))
            {
                if (_next > start)
                {
                    break;
                }

                _next++;
                var name = ReadWord(_next);
                return name.Kind == PostgresTokenKind.Word
                    ? Token(PostgresTokenKind.Parameter, start, _sql[(start + 1).._next])
                    : throw Wrong("@ stands before a text");
            }

            _next++;
        }

        return Token(PostgresTokenKind.Operator, start);
    }

    private PostgresToken ReadMark(int start)
    {
        _next += StartsWith("::") ? 2 : 1;
        return _sql[start] switch
        {
            '(' or ')' or '[' or ']' or ',' or '.' or ';' or ':' => Token(PostgresTokenKind.Mark, start),
            _ => throw Wrong($"the character {Safety.SingleLine.Of(_sql[start].ToString())} has no meaning here"),
        };
    }

    private void SkipQuoted(char quote, bool hasEscapes)
    {
        for (_next++; _next < _sql.Length; _next++)
        {
            if (hasEscapes && _sql[_next] == '\\')
            {
                _next++;
            }
            else if (_sql[_next] == quote)
            {
                if (At(_next + 1) != quote)
                {
                    _next++;
                    return;
                }

                _next++;
            }
        }

        throw Wrong(quote == '"' ? "a name in quotes has no end" : "a text has no end");
    }

    private void SkipDollarQuoted()
    {
        var end = _next + 1;
        while (end < _sql.Length && IsNamePart(_sql[end]) && _sql[end] != '$')
        {
            end++;
        }

        if (At(end) != '$' || char.IsAsciiDigit(_sql[_next + 1]))
        {
            throw Wrong("$ is no parameter here; write the value itself");
        }

        var tag = _sql[_next..(end + 1)];
        var close = _sql.IndexOf(tag, end + 1, StringComparison.Ordinal);
        _next = close < 0 ? throw Wrong("a text has no end") : close + tag.Length;
    }

    private PostgresToken Token(PostgresTokenKind kind, int start, string? value = null)
    {
        var source = _sql[start.._next];
        return new PostgresToken(kind, source, value ?? source, string.Empty);
    }
}
