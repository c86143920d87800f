using System.Collections.Concurrent;
using Agent.Tools.Safety;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Agent.Tools.Sql.Postgres;

/// <summary>A PostgreSQL database over a small pool of connections that begin read-only.</summary>
internal sealed partial class PostgresEngine : ISqlEngine, IAsyncDisposable
{
    private const int MostConnections = 8;
    private const int ConnectSeconds = 5;
    private const int CancelMilliseconds = 150;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    // statement_timeout comes first where the server still listens.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(50);

    private readonly string _tool;
    private readonly NpgsqlDataSource _source;
    private readonly PostgresFailure _failure;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private readonly ConcurrentDictionary<string, PostgresPlan> _footprints = new(StringComparer.Ordinal);
    private volatile PostgresServer? _server;

    internal PostgresEngine(string tool, NpgsqlConnectionStringBuilder connection, int concurrency, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        _tool = tool;
        _logger = loggerFactory.CreateLogger<PostgresEngine>();
        _timeProvider = timeProvider;
        _failure = new PostgresFailure(new SecretRedactor([connection.Password ?? string.Empty, connection.ConnectionString]));
        _source = NpgsqlDataSource.Create(Guarded(connection, concurrency));
    }

    public string Dialect => "PostgreSQL";

    public string DateHint => "Today is current_date; last month is date_trunc('month', current_date) - interval '1 month'.";

    public StringComparer Names => StringComparer.Ordinal;

    // The names of a schema are resolved before the model's own: no subquery can pass for a view.
    public bool AllowsViews => true;

    public async Task<IReadOnlyList<SqlTable>> ReadCatalogAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ConnectAsync(StartLimit, ReadCatalogAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (SqlEngineException exception) when (exception.Failure is SqlFailure.Busy or SqlFailure.Limit)
        {
            throw new SqlEngineException(SqlFailure.Database, "the server of \"connection\" does not answer. Check the variable, and that the server runs and takes connections from here", exception);
        }
    }

    public async Task CheckAsync(SqlAccess access, CancellationToken cancellationToken)
    {
        var writable = await ConnectAsync(StartLimit, (connection, token) => PostgresRole.WritableAsync(connection, access.Tables, token), cancellationToken).ConfigureAwait(false);
        if (writable.Count > 0)
        {
            LogWritable(_tool, SingleLine.Of(string.Join(", ", writable)));
        }
    }

    public Task<IReadOnlyList<string>> PrepareAsync(string sql, SqlAccess access, CancellationToken cancellationToken)
    {
        var statement = PostgresStatement.Read(sql, access, _server!);
        var request = new SqlRequest(sql)
        {
            Parameters = statement.Parameters.ToDictionary(name => name, _ => (object?)null, StringComparer.Ordinal),
            MaximumRows = 1,
            MaximumCharacters = 1,
            TimeLimit = StartLimit,
        };
        return ConnectAsync<IReadOnlyList<string>>(
            StartLimit,
            async (connection, token) =>
            {
                await new PostgresSession(connection, _server!, _footprints).PlanAsync(statement, request, token).ConfigureAwait(false);
                return statement.Parameters;
            },
            cancellationToken);
    }

    public Task<SqlResult> QueryAsync(SqlRequest request, SqlAccess access, CancellationToken cancellationToken)
    {
        var statement = PostgresStatement.Read(request.Sql, access, _server!);
        return ConnectAsync(request.TimeLimit, (connection, token) => new PostgresSession(connection, _server!, _footprints).QueryAsync(statement, request, token), cancellationToken);
    }

    public string SampleQuery(SqlTable table, SqlColumn column, int count)
    {
        var name = SqlIdentifier.Quote(column.Name);
        return $"SELECT CAST(x AS text) FROM (SELECT {name} AS x FROM {SqlIdentifier.Quote(table.Name)} WHERE {name} IS NOT NULL LIMIT 1000) AS s GROUP BY x ORDER BY count(*) DESC, x LIMIT {count}";
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static string Guarded(NpgsqlConnectionStringBuilder connection, int concurrency)
    {
        var guarded = PostgresConnectionGuard.Guard(connection, Math.Min(concurrency, MostConnections), ConnectSeconds, "agent");
        guarded.CancellationTimeout = CancelMilliseconds;
        guarded.Options = $"{connection.Options} -c default_transaction_read_only=on".TrimStart();
        return guarded.ConnectionString;
    }

    private async Task<IReadOnlyList<SqlTable>> ReadCatalogAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await PostgresRole.IsSuperAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            throw new SqlEngineException(SqlFailure.Database, "the role of \"connection\" is a superuser or may use the server's files and programs. Make a role that may only read: CREATE ROLE reader LOGIN PASSWORD '...'; GRANT SELECT ON orders TO reader");
        }

        _server = await PostgresServerReader.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        return await PostgresCatalog.ReadAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> ConnectAsync<T>(TimeSpan limit, Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                using var late = new CancellationTokenSource(limit + Grace, _timeProvider);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
                return await work(connection, either.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (PostgresFailure.Is(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _failure.From(exception, limit);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tool {Tool} only reads, but the role of its connection may change {Tables}; a role with SELECT alone is safer")]
    private partial void LogWritable(string tool, string tables);
}
