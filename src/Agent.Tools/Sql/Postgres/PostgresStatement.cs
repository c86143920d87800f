using System.Security.Cryptography;
using System.Text;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// A statement that was checked piece by piece, in the form in which the server gets it. Every allowed table is a common table
/// expression with its allowed columns around the statement, which itself stands in parentheses: other columns do not exist for it, no
/// name but those of the server itself leads anywhere else, and nothing but a query can stand there. Within these expressions the tables
/// bear an alias that nobody can guess, by which the plan tells them from tables that the statement found in another way.
/// </summary>
internal sealed class PostgresStatement
{
    private const int LongestStatement = 10_000;
    private const int DeepestNesting = 100;

    private static readonly string[] Beginnings = ["select", "with", "values", "table"];

    // Words that act without a parenthesis: they write, ask who is asking, or turn a text into a catalogue's entry.
    private static readonly string[] Forbidden =
    [
        "into", "user", "current_user", "session_user", "system_user", "current_role", "current_catalog", "current_schema", "treat", "tablesample", "collation",
        "regclass", "regproc", "regprocedure", "regoper", "regoperator", "regtype", "regrole", "regnamespace", "regconfig", "regdictionary", "regcollation",
    ];

    private readonly SqlAccess _access;
    private readonly PostgresServer _server;
    private readonly IReadOnlyList<PostgresToken> _tokens;
    private readonly StringBuilder _text = new();
    private readonly List<string> _parameters = [];
    private readonly List<SqlTable> _tables = [];

    private PostgresStatement(IReadOnlyList<PostgresToken> tokens, SqlAccess access, PostgresServer server)
    {
        _tokens = tokens;
        _access = access;
        _server = server;
    }

    /// <summary>Begins the alias of every table that is read through the schema.</summary>
    internal string Alias { get; } = $"_{RandomNumberGenerator.GetHexString(20, lowercase: true)}x";

    /// <summary>The parameters in the order of their numbers.</summary>
    internal IReadOnlyList<string> Parameters => _parameters;

    /// <summary>The tables that the statement may mean.</summary>
    internal IReadOnlyList<SqlTable> Tables => _tables;

    /// <exception cref="SqlEngineException">The statement is forbidden.</exception>
    internal static PostgresStatement Read(string sql, SqlAccess access, PostgresServer server)
    {
        if (Encoding.UTF8.GetByteCount(sql) > LongestStatement)
        {
            throw new SqlEngineException(SqlFailure.Limit, $"the statement is longer than {LongestStatement} bytes");
        }

        var tokens = PostgresLexer.Read(sql).ToList();
        while (tokens.Count > 0 && tokens[^1].IsMark(";"))
        {
            tokens.RemoveAt(tokens.Count - 1);
        }

        var statement = new PostgresStatement(tokens, access, server);
        statement.Check();
        return statement;
    }

    /// <summary>The whole statement for the server; it gives no more rows than the bound and one.</summary>
    internal string Write(int maximumRows)
    {
        var text = new StringBuilder();
        var separator = "WITH ";
        foreach (var table in _tables)
        {
            text.Append(separator).Append(SqlIdentifier.Quote(table.Name)).Append(" AS NOT MATERIALIZED (").Append(PostgresTable.Select(table, Alias)).Append(')');
            separator = ", ";
        }

        return text.Append(" SELECT * FROM (").Append(_text).Append(") AS _ LIMIT ").Append((long)maximumRows + 1).ToString();
    }

    private static SqlEngineException Refused(string message) => new(SqlFailure.Statement, message);

    private PostgresToken At(int index) => index >= 0 && index < _tokens.Count ? _tokens[index] : default;

    private void Check()
    {
        var first = _tokens.FirstOrDefault(token => !token.IsMark("("));
        if (first.Kind != PostgresTokenKind.Word || !Beginnings.Contains(first.Value, StringComparer.Ordinal))
        {
            throw Refused("only SELECT is allowed");
        }

        var open = new Stack<string>();
        for (var index = 0; index < _tokens.Count; index++)
        {
            Nest(_tokens[index], open);
            index += Append(index);
        }

        if (open.Count > 0)
        {
            throw Refused("a parenthesis is not closed");
        }
    }

    private static void Nest(PostgresToken token, Stack<string> open)
    {
        if (token.IsMark("(") || token.IsMark("["))
        {
            open.Push(token.Source == "(" ? ")" : "]");
        }
        else if ((token.IsMark(")") || token.IsMark("]")) && (!open.TryPop(out var expected) || expected != token.Source))
        {
            throw Refused("a closing parenthesis has no opening one");
        }

        if (open.Count > DeepestNesting)
        {
            throw Refused($"parentheses nest deeper than {DeepestNesting}");
        }
    }

    /// <summary>Checks and writes a piece, and gives the number of pieces behind it that it took along.</summary>
    private int Append(int index)
    {
        var token = _tokens[index];
        if (token.IsMark(";"))
        {
            throw Refused("only one statement is allowed");
        }

        if (token.Kind == PostgresTokenKind.Parameter)
        {
            Write(token, $"${Number(token.Value)}");
            return 0;
        }

        if (!token.IsName)
        {
            Write(token, token.Source);
            return 0;
        }

        CheckName(index);
        if (At(index + 1).IsMark(".") && At(index + 2).IsName && !At(index - 1).IsMark(".") && _server.Schemas.Contains(token.Value) && !IsKnown(token.Value))
        {
            return AppendQualified(index);
        }

        // Three parts name the database or a schema, which is not what an alias and its column do.
        if (At(index + 1).IsMark(".") && At(index + 3).IsMark(".") && !At(index - 1).IsMark("."))
        {
            throw Refused($"{token.Value}.{At(index + 2).Value} may not be read; name tables and their columns alone");
        }

        // A column may have the name of a table; one table too many does no harm.
        Use(_access.Tables.FirstOrDefault(table => table.Name == token.Value));
        Write(token, token.Source);
        return 0;
    }

    private bool IsKnown(string name) => _access.Tables.Any(table => table.Name == name);

    private int AppendQualified(int index)
    {
        var (schema, relation) = (_tokens[index].Value, _tokens[index + 2].Value);
        var table = _access.Tables.FirstOrDefault(table => table.Schema == schema && table.Relation == relation) ?? throw Refused($"{schema}.{relation} may not be read");
        Use(table);
        Write(_tokens[index], SqlIdentifier.Quote(table.Name));
        CheckName(index + 2);
        return 2;
    }

    private void CheckName(int index)
    {
        var token = _tokens[index];
        var isCall = At(index + 1).IsMark("(");
        if (token.Value.StartsWith("pg_", StringComparison.OrdinalIgnoreCase) || token.Value.Equals("information_schema", StringComparison.OrdinalIgnoreCase))
        {
            throw Refused(isCall ? $"function {token.Value} is not available" : $"{token.Value} may not be read");
        }

        if (token.Kind == PostgresTokenKind.Word && Forbidden.Contains(token.Value, StringComparer.Ordinal) && !At(index - 1).IsMark("."))
        {
            throw Refused($"{token.Value.ToUpperInvariant()} is not available; only SELECT is allowed");
        }

        if (token.IsWord("for") && At(index + 1) is { Kind: PostgresTokenKind.Word, Value: "update" or "share" or "no" or "key" })
        {
            throw Refused("FOR UPDATE and FOR SHARE are not available; only SELECT is allowed");
        }

        // The server copies such expressions without looking up from its work: twenty lines make it plan for hours.
        if (token.IsWord("not") && At(index + 1).IsWord("materialized"))
        {
            throw Refused("NOT MATERIALIZED is not available; leave it out");
        }

        if (isCall)
        {
            CheckCall(index);
        }
    }

    private void CheckCall(int index)
    {
        var (token, before) = (_tokens[index], At(index - 1));
        if (before.IsMark("."))
        {
            throw Refused($"function {At(index - 2).Value}.{token.Value} is not available; call built-in functions without a schema");
        }

        // Behind these stands the name of a table expression, of columns or of a type, never a call.
        var isDefinition = before.IsWord("as") || before.IsWord("with") || before.IsWord("recursive");
        var isAllowed = PostgresFunctions.Allows(token.Value) || (token.Kind == PostgresTokenKind.Word && PostgresFunctions.IsGrammar(token.Value));

        // Any other name before a parenthesis is an alias with its columns, as long as it is neither a function nor of the grammar.
        var isOther = !_server.Functions.Contains(token.Value) && (token.Kind == PostgresTokenKind.QuotedName || !_server.Keywords.Contains(token.Value));
        if (!isDefinition && !isAllowed && !isOther)
        {
            throw Refused($"function {token.Value} is not available");
        }
    }

    private void Use(SqlTable? table)
    {
        if (table is not null && !_tables.Contains(table))
        {
            _tables.Add(table);
        }
    }

    private int Number(string parameter)
    {
        var index = _parameters.IndexOf(parameter);
        if (index < 0)
        {
            index = _parameters.Count;
            _parameters.Add(parameter);
        }

        return index + 1;
    }

    private void Write(PostgresToken token, string source) => _text.Append(token.Gap).Append(source);
}
