using Agent.Tools.Safety;
using Agent.Tools.Sql.Results;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>One guarded connection: everything that is compiled on it passes the authorizer, everything that runs is watched. Not thread-safe.</summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>The longest statement, in bytes of UTF-8.</summary>
    internal const int LongestStatement = 10_000;

    /// <summary>The longest text or blob that a statement can make or read, in bytes.</summary>
    internal const int LongestValue = 100_000;

    private const int LongestMessage = 200;
    private const int StepsBetweenChecks = 25;
    private const int LockWaitMilliseconds = 500;

    // Compiling cannot be interrupted; what grows without end there ends at this, for all connections of the process together.
    private const long ProcessHeap = 128L * 1024 * 1024;

    private static readonly (int Id, int Value)[] Limits =
    [
        (raw.SQLITE_LIMIT_LENGTH, LongestValue),
        (raw.SQLITE_LIMIT_EXPR_DEPTH, 100),
        (raw.SQLITE_LIMIT_COMPOUND_SELECT, 20),
        (raw.SQLITE_LIMIT_VDBE_OP, 25_000),
        (raw.SQLITE_LIMIT_FUNCTION_ARG, 50),
        (raw.SQLITE_LIMIT_ATTACHED, 0),
        (raw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100),
        (raw.SQLITE_LIMIT_VARIABLE_NUMBER, 100),
        (raw.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        (raw.SQLITE_LIMIT_WORKER_THREADS, 0),
        (raw.SQLITE_LIMIT_SQL_LENGTH, LongestStatement),
    ];

    private static readonly (int Option, int Value)[] Configuration =
    [
        (raw.SQLITE_DBCONFIG_DEFENSIVE, 1),
        (raw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
        (raw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
        (raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
        (raw.SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0),
        (raw.SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0),

        // A misspelt "column" must be an error, not a text.
        (raw.SQLITE_DBCONFIG_DQS_DML, 0),
        (raw.SQLITE_DBCONFIG_DQS_DDL, 0),
    ];

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _database;
    private readonly SqlAccess _access;
    private readonly TimeProvider _timeProvider;
    private SqliteAuthorizer _authorizer;

    private SqliteSession(SqliteConnection connection, SqlAccess access, TimeProvider timeProvider)
    {
        _connection = connection;
        _database = connection.Handle!;
        _access = access;
        _authorizer = new SqliteAuthorizer(access, new HashSet<string>(StringComparer.Ordinal));
        _timeProvider = timeProvider;
    }

    internal static SqliteSession Open(string path, SqlAccess access, TimeProvider timeProvider)
    {
        var connection = SqliteFile.OpenReadOnly(path);
        var session = new SqliteSession(connection, access, timeProvider);
        try
        {
            session.Guard();
            return session;
        }
        catch (SqliteException exception)
        {
            session.Dispose();
            throw SqliteFile.Unreadable(path, exception);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Compiles a statement and names its parameters without their marks.</summary>
    internal IReadOnlyList<string> Prepare(string sql)
    {
        using var statement = Compile(sql);
        return [.. Enumerable.Range(1, raw.sqlite3_bind_parameter_count(statement)).Select(index => ParameterName(statement, index))];
    }

    internal SqlResult Query(SqlRequest request, CancellationToken cancellationToken)
    {
        var watch = new SqliteWatch(_timeProvider, request.TimeLimit, cancellationToken);
        using var statement = Compile(request.Sql);
        Bind(statement, request.Parameters);
        raw.sqlite3_progress_handler(_database, StepsBetweenChecks, watch.Check, null);
        var rows = new ResultRows(ResultColumns.Unique(ColumnNames(statement)), request);
        var width = raw.sqlite3_column_count(statement);
        while (true)
        {
            var code = raw.sqlite3_step(statement);
            cancellationToken.ThrowIfCancellationRequested();
            if (code == raw.SQLITE_DONE)
            {
                return rows.End(hasMore: false);
            }

            if (code != raw.SQLITE_ROW)
            {
                throw Failure(code, watch, request.TimeLimit);
            }

            if (rows.IsComplete || !rows.Add(Row(statement, width)))
            {
                return rows.End(hasMore: true);
            }

            if (watch.IsLate)
            {
                throw Failure(raw.SQLITE_INTERRUPT, watch, request.TimeLimit);
            }
        }
    }

    public void Dispose() => _connection.Dispose();

    private void Guard()
    {
        raw.sqlite3_hard_heap_limit64(ProcessHeap);
        foreach (var (option, value) in Configuration)
        {
            Require(raw.sqlite3_db_config(_database, option, value, out var result) == raw.SQLITE_OK && result == value, option);
        }

        using (var command = _connection.CreateCommand())
        {
            command.CommandText = "PRAGMA query_only = 1; PRAGMA temp_store = 2; PRAGMA mmap_size = 0;";
            command.ExecuteNonQuery();
        }

        // Tables may have been made since the start.
        raw.sqlite3_busy_timeout(_database, LockWaitMilliseconds);
        _authorizer = new SqliteAuthorizer(_access, Names());
        foreach (var (id, value) in Limits)
        {
            raw.sqlite3_limit(_database, id, value);
            Require(raw.sqlite3_limit(_database, id, -1) == value, id);
        }

        SqliteFunctions.Replace(_database);
        Require(raw.sqlite3_set_authorizer(_database, _authorizer.Authorize, null) == raw.SQLITE_OK, 0);
    }

    private HashSet<string> Names()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var code = raw.sqlite3_prepare_v2(_database, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')", out var statement);
        using (statement)
        {
            while (code is raw.SQLITE_OK or raw.SQLITE_ROW && (code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW)
            {
                names.Add(raw.sqlite3_column_text(statement, 0).utf8_to_string() ?? string.Empty);
            }
        }

        return code == raw.SQLITE_DONE ? names : throw Failure(code, watch: null, default);
    }

    private static void Require(bool isSet, int setting)
    {
        if (!isSet)
        {
            throw new SqlEngineException(SqlFailure.Database, $"this SQLite library does not offer the protection that is needed (setting {setting})");
        }
    }

    private sqlite3_stmt Compile(string sql)
    {
        if (sql.Contains('\0', StringComparison.Ordinal))
        {
            throw new SqlEngineException(SqlFailure.Statement, "the statement holds a NUL character");
        }

        if (System.Text.Encoding.UTF8.GetByteCount(sql) > LongestStatement)
        {
            throw new SqlEngineException(SqlFailure.Limit, $"the statement is longer than {LongestStatement} bytes");
        }

        if (_access.HidesColumns && JoinByName.IsIn(sql))
        {
            throw new SqlEngineException(SqlFailure.Statement, "NATURAL and USING are not available; write JOIN ... ON a.x = b.x");
        }

        _authorizer.Reset();
        var code = raw.sqlite3_prepare_v2(_database, sql, out var statement, out var rest);
        try
        {
            Check(code, statement);
            CheckNothingFollows(rest);
            return statement;
        }
        catch
        {
            statement?.Dispose();
            throw;
        }
    }

    private void Check(int code, sqlite3_stmt statement)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code, watch: null, default);
        }

        if (statement.IsInvalid || raw.sqlite3_stmt_isexplain(statement) != 0 || raw.sqlite3_stmt_readonly(statement) == 0 || raw.sqlite3_column_count(statement) == 0)
        {
            throw new SqlEngineException(SqlFailure.Statement, "only SELECT is allowed");
        }

        ResultColumns.Check(raw.sqlite3_column_count(statement));
    }

    private void CheckNothingFollows(string? rest)
    {
        if (string.IsNullOrWhiteSpace(rest))
        {
            return;
        }

        // Comments may follow; the compiler knows best what a comment is.
        var code = raw.sqlite3_prepare_v2(_database, rest, out var second, out var further);
        using (second)
        {
            if (code != raw.SQLITE_OK || !second.IsInvalid || !string.IsNullOrWhiteSpace(further))
            {
                throw new SqlEngineException(SqlFailure.Statement, "only one statement is allowed");
            }
        }
    }

    private SqlEngineException Failure(int code, SqliteWatch? watch, TimeSpan limit)
    {
        switch (code & 0xFF)
        {
            case raw.SQLITE_INTERRUPT when watch is { IsTooLarge: true }:
            case raw.SQLITE_NOMEM:
                return new SqlEngineException(SqlFailure.Limit, "the query needs too much memory; filter or aggregate first");
            case raw.SQLITE_INTERRUPT:
                return new SqlEngineException(SqlFailure.Limit, $"the query ran longer than {Yaml.DurationText.Words(limit)}; filter more, or join on keys");
            case raw.SQLITE_TOOBIG:
                return new SqlEngineException(SqlFailure.Limit, $"a value, a row or the statement is longer than {LongestValue} bytes; leave out what is long");
            case raw.SQLITE_BUSY or raw.SQLITE_LOCKED:
                return new SqlEngineException(SqlFailure.Busy, "the database is busy; try again");
            case raw.SQLITE_AUTH or raw.SQLITE_ERROR when _authorizer.Refusal is { } refusal:
                return new SqlEngineException(SqlFailure.Statement, refusal);
            case raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN:
                return new SqlEngineException(SqlFailure.Database, $"the database cannot be read (SQLite error {code})");
            default:
                var message = SingleLine.Of(raw.sqlite3_errmsg(_database).utf8_to_string() ?? string.Empty);
                return new SqlEngineException(SqlFailure.Statement, $"SQL error: {TextCut.Head(message, LongestMessage)}");
        }
    }

    private static string ParameterName(sqlite3_stmt statement, int index) =>
        raw.sqlite3_bind_parameter_name(statement, index).utf8_to_string() is { Length: > 1 } name && name[0] != '?'
            ? name[1..]
            : throw new SqlEngineException(SqlFailure.Statement, "a parameter has no name; write it as @name");

    private static void Bind(sqlite3_stmt statement, IReadOnlyDictionary<string, object?> values)
    {
        for (var index = 1; index <= raw.sqlite3_bind_parameter_count(statement); index++)
        {
            var name = ParameterName(statement, index);
            if (!values.TryGetValue(name, out var value))
            {
                throw new SqlEngineException(SqlFailure.Statement, $"the statement has a parameter {name}; write the value itself");
            }

            var code = value switch
            {
                long number => raw.sqlite3_bind_int64(statement, index, number),
                bool isTrue => raw.sqlite3_bind_int64(statement, index, isTrue ? 1 : 0),
                double number => raw.sqlite3_bind_double(statement, index, number),
                string text => raw.sqlite3_bind_text(statement, index, text),
                _ => raw.sqlite3_bind_null(statement, index),
            };
            if (code != raw.SQLITE_OK)
            {
                throw new SqlEngineException(SqlFailure.Limit, $"the value of {name} is longer than {LongestValue} bytes");
            }
        }
    }

    private static IEnumerable<string> ColumnNames(sqlite3_stmt statement) =>
        Enumerable.Range(0, raw.sqlite3_column_count(statement)).Select(index => raw.sqlite3_column_name(statement, index).utf8_to_string() ?? string.Empty);

    private static object?[] Row(sqlite3_stmt statement, int count)
    {
        var row = new object?[count];
        for (var index = 0; index < count; index++)
        {
            row[index] = raw.sqlite3_column_type(statement, index) switch
            {
                raw.SQLITE_INTEGER => raw.sqlite3_column_int64(statement, index),
                raw.SQLITE_FLOAT => raw.sqlite3_column_double(statement, index),
                raw.SQLITE_TEXT => RowsText.Cell(raw.sqlite3_column_text(statement, index).utf8_to_string() ?? string.Empty),
                raw.SQLITE_BLOB => $"<{raw.sqlite3_column_bytes(statement, index)} bytes>",
                _ => null,
            };
        }

        return row;
    }
}
