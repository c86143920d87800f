using System.Text.Json;
using Agent.Tools.Registry;
using Agent.Tools.Sql.Postgres;
using Agent.Tools.Sql.Shop;
using Agent.Tools.Sql.Sqlite;

namespace Agent.Tools.Sql;

/// <summary>
/// <c>kind: sql</c>: reads a SQLite or PostgreSQL database, with a named query and bound parameters, or with statements of the model
/// over an allowed schema. Options: <c>database</c> or <c>connection</c>, <c>sample</c>, <c>query</c>, <c>schema</c>, <c>samples</c>, <c>rows</c>,
/// <c>format</c>, <c>time_limit</c>. Idempotent: nothing can be written. Sample values of allowed text columns stand in the
/// description of an open query, so they reach the model.
/// </summary>
public sealed class SqlKind : IToolKind
{
    /// <inheritdoc/>
    public string Name => "sql";

    /// <inheritdoc/>
    public JsonElement OptionsSchema => KindSchema.Load(Name);

    /// <inheritdoc/>
    public IToolSource? Read(ToolDefinition definition, ToolKindContext context)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(context);
        var before = context.Problems.Count;
        var options = SqlOptionsReader.Read(definition, context);
        if (options?.Query is not null)
        {
            QueryParameters.Check(definition, context.Problems);
        }

        if (options is null || context.Problems.Count > before)
        {
            return null;
        }

        if (options.Connection is { } connection)
        {
            var postgres = new PostgresEngine(definition.Name, connection, definition.Limits.Concurrency, context.LoggerFactory, context.TimeProvider);
            context.DisposeWithRegistry(postgres);
            return new SqlToolSource(definition, options, postgres, sample: null);
        }

        var sample = options.IsSampleShop ? new ShopDatabase(options.Database!, context.TimeProvider, keepsFresh: options.Database == ShopDatabase.DefaultPath()) : null;
        return new SqlToolSource(definition, options, new SqliteEngine(options.Database!, context.TimeProvider), sample);
    }
}
