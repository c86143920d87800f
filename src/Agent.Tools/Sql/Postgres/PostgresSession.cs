using System.Collections.Concurrent;
using System.Data;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// One statement in a read-only transaction of its own: settings, plan, check of the plan, rows. The transaction is rolled back when its
/// connection goes back to the pool. Not thread-safe.
/// </summary>
internal sealed class PostgresSession(NpgsqlConnection connection, PostgresServer server, ConcurrentDictionary<string, PostgresPlan> footprints)
{
    private const string FootprintAlias = "_footprint";
    private const string Explain = "EXPLAIN (VERBOSE, FORMAT JSON) ";

    /// <summary>Plans the statement and refuses it where the plan touches anything but what the named tables consist of.</summary>
    internal async Task PlanAsync(PostgresStatement statement, SqlRequest request, CancellationToken cancellationToken)
    {
        var plan = await BeginAsync(statement, request, cancellationToken).ConfigureAwait(false);
        if (Foreign(plan, statement) is null)
        {
            return;
        }

        // Not seen yet, or grown since: a new partition, a view made anew.
        foreach (var table in statement.Tables)
        {
            var json = await TextAsync(Command(Explain + PostgresTable.Select(table, FootprintAlias), statement: null, request), cancellationToken).ConfigureAwait(false);
            footprints[$"{table.Schema}.{table.Relation}"] = PostgresPlan.Read(json);
        }

        if (Foreign(plan, statement) is { } name)
        {
            throw new SqlEngineException(SqlFailure.Statement, $"{name} may not be read");
        }
    }

    /// <summary>Plans and runs the statement.</summary>
    internal async Task<SqlResult> QueryAsync(PostgresStatement statement, SqlRequest request, CancellationToken cancellationToken)
    {
        await PlanAsync(statement, request, cancellationToken).ConfigureAwait(false);
        var command = Command(statement.Write(request.MaximumRows), statement, request);
        command.AllResultTypesAreUnknown = true;
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken).ConfigureAwait(false);
            var isRead = false;
            try
            {
                var result = await PostgresRows.ReadAsync(reader, request, cancellationToken).ConfigureAwait(false);
                isRead = !result.HasMore || result.Rows.Count == request.MaximumRows;
                return result;
            }
            finally
            {
                await CloseAsync(command, reader, isRead).ConfigureAwait(false);
            }
        }
    }

    private static async Task CloseAsync(NpgsqlCommand command, NpgsqlDataReader reader, bool isRead)
    {
        try
        {
            // Closing reads what is still to come, which may be without end.
            if (!isRead)
            {
                command.Cancel();
            }

            await reader.DisposeAsync().ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // The end of a cancelled statement, or of its connection.
        }
    }

    private async Task<PostgresPlan> BeginAsync(PostgresStatement statement, SqlRequest request, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        await using (batch.ConfigureAwait(false))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN TRANSACTION READ ONLY"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Settings(request.TimeLimit)));
            var explain = new NpgsqlBatchCommand(Explain + statement.Write(request.MaximumRows));
            AddParameters(explain.Parameters, statement, request);
            batch.BatchCommands.Add(explain);
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return PostgresPlan.Read(reader.GetString(0));
            }
        }
    }

    private string Settings(TimeSpan limit)
    {
        var milliseconds = ((long)Math.Ceiling(limit.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture);
        List<(string Name, string Value)> settings =
        [
            // Behind the tables of the schema, a name can only mean what the server itself has.
            ("search_path", "pg_catalog, pg_temp"),
            ("statement_timeout", milliseconds),
            ("lock_timeout", "500ms"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("standard_conforming_strings", "on"),
            ("work_mem", "16MB"),
            ("hash_mem_multiplier", "1"),

            // One statement, one process; and a compiler run cannot be stopped.
            ("max_parallel_workers_per_gather", "0"),
            ("jit", "off"),
            ("row_security", "on"),
            ("datestyle", "ISO, YMD"),
            ("bytea_output", "hex"),
            ("extra_float_digits", "1"),
            ("client_min_messages", "error"),
        ];
        if (server.CanLimitFiles)
        {
            settings.Add(("temp_file_limit", "256MB"));
        }

        return $"SELECT {string.Join(", ", settings.Select(setting => $"set_config('{setting.Name}', '{setting.Value}', true)"))}";
    }

    /// <summary>The first thing that the plan touches beyond the named tables; null where there is none.</summary>
    private string? Foreign(PostgresPlan plan, PostgresStatement statement)
    {
        var known = statement.Tables.Select(table => footprints.GetValueOrDefault($"{table.Schema}.{table.Relation}")).OfType<PostgresPlan>().ToList();
        foreach (var (relation, alias) in plan.Relations)
        {
            // The table itself with its partitions; or what its view or policy reads, under the name that it has there.
            var expected = (relation, alias == statement.Alias ? FootprintAlias : alias);
            if (alias == FootprintAlias || !known.Exists(footprint => footprint.Relations.Contains(expected)))
            {
                return relation;
            }
        }

        return plan.Functions.FirstOrDefault(function => !IsAllowed(function) && !known.Exists(footprint => footprint.Functions.Contains(function)));
    }

    private static bool IsAllowed(string function) =>
        function.StartsWith("pg_catalog.", StringComparison.Ordinal) && PostgresFunctions.Allows(function["pg_catalog.".Length..]);

    private NpgsqlCommand Command(string sql, PostgresStatement? statement, SqlRequest request)
    {
        // The caller's token ends it; statement_timeout does where that fails.
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        AddParameters(command.Parameters, statement, request);
        return command;
    }

    private static async Task<string> TextAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command.ConfigureAwait(false))
        {
            return (string)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }

    // Values go as texts of unknown type, which the server reads as what their place needs.
    private static void AddParameters(NpgsqlParameterCollection parameters, PostgresStatement? statement, SqlRequest request)
    {
        foreach (var name in statement?.Parameters ?? [])
        {
            if (!request.Parameters.TryGetValue(name, out var value))
            {
                throw new SqlEngineException(SqlFailure.Statement, $"the statement has a parameter {name}; write the value itself");
            }

            parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Unknown, Value = Text(value) ?? (object)DBNull.Value });
        }

        // With at least one parameter by number, the driver sends the text as it is, as a single statement.
        parameters.Add(new NpgsqlParameter<int> { TypedValue = 0 });
    }

    private static string? Text(object? value) => value switch
    {
        null => null,
        bool isTrue => isTrue ? "true" : "false",
        double number => JsonSerializer.Serialize(number),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => ((string)value).Contains('\0', StringComparison.Ordinal) ? throw new SqlEngineException(SqlFailure.Statement, "a value holds a NUL character") : (string)value,
    };
}
