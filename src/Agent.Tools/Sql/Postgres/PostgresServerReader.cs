using System.Collections.Frozen;
using System.Globalization;
using Npgsql;

namespace Agent.Tools.Sql.Postgres;

/// <summary>Asks a server, if it is new enough, for its words.</summary>
internal static class PostgresServerReader
{
    /// <exception cref="SqlEngineException">The server is too old.</exception>
    internal static async Task<PostgresServer> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var version = int.Parse((await WordsAsync(connection, "SELECT current_setting('server_version_num')", cancellationToken).ConfigureAwait(false))[0], CultureInfo.InvariantCulture);
        if (version < PostgresServer.OldestVersion)
        {
            throw new SqlEngineException(SqlFailure.Database, $"the server is older than PostgreSQL {PostgresServer.OldestVersion / 10_000}. Use a newer one");
        }

        var functions = await WordsAsync(connection, "SELECT DISTINCT proname::text FROM pg_catalog.pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace", cancellationToken).ConfigureAwait(false);
        var keywords = await WordsAsync(connection, "SELECT word FROM pg_catalog.pg_get_keywords()", cancellationToken).ConfigureAwait(false);
        var schemas = await WordsAsync(connection, "SELECT nspname::text FROM pg_catalog.pg_namespace", cancellationToken).ConfigureAwait(false);

        // Before 15, only superusers set this.
        var files = version < 150_000 ? ["f"] : await WordsAsync(connection, "SELECT CASE WHEN has_parameter_privilege('temp_file_limit', 'SET') THEN 't' ELSE 'f' END", cancellationToken).ConfigureAwait(false);
        return new PostgresServer
        {
            Functions = functions.ToFrozenSet(StringComparer.Ordinal),
            Keywords = keywords.ToFrozenSet(StringComparer.Ordinal),
            Schemas = schemas.ToFrozenSet(StringComparer.Ordinal),
            CanLimitFiles = files is ["t"],
        };
    }

    private static async Task<List<string>> WordsAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var words = new List<string>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    words.Add(reader.GetString(0));
                }

                return words;
            }
        }
    }
}
