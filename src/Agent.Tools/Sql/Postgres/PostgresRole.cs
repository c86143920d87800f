using Npgsql;

namespace Agent.Tools.Sql.Postgres;

/// <summary>What the role of a connection may do beyond reading.</summary>
internal static class PostgresRole
{
    private const string Powers =
        """
        SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER')
          AND (r.rolsuper OR r.rolname IN ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files')))
        """;

    private const string Writable =
        """
        SELECT format('%I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN unnest($1::text[], $2::text[]) AS t(schema, relation) ON t.schema = n.nspname AND t.relation = c.relname
        WHERE has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')
        ORDER BY 1 LIMIT 20
        """;

    /// <summary>Whether the role is a superuser, or as good as one.</summary>
    internal static async Task<bool> IsSuperAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Powers, connection);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
        }
    }

    /// <summary>Those of the tables that the role may change, 20 at most.</summary>
    internal static async Task<IReadOnlyList<string>> WritableAsync(NpgsqlConnection connection, IReadOnlyList<SqlTable> tables, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Writable, connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = tables.Select(table => table.Schema).ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = tables.Select(table => table.Relation).ToArray() });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var names = new List<string>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    names.Add(reader.GetString(0));
                }

                return names;
            }
        }
    }
}
