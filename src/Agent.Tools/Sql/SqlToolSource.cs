using Agent.Core.Agents;
using Agent.Core.Names;
using Agent.Tools.Registry;
using Agent.Tools.Sql.Shop;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Sql;

/// <summary>Opens the database of an entry, checks the entry against it and makes its function.</summary>
internal sealed class SqlToolSource(ToolDefinition definition, SqlOptions options, ISqlEngine engine, ShopDatabase? sample) : IToolSource
{
    public async ValueTask<IReadOnlyList<CreatedTool>> OpenAsync(CancellationToken cancellationToken)
    {
        if (sample is not null)
        {
            await Task.Run(sample.EnsureCreated, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var access = Access(await engine.ReadCatalogAsync(cancellationToken).ConfigureAwait(false));
            await engine.CheckAsync(access, cancellationToken).ConfigureAwait(false);
            var runner = new SqlRunner(definition.Name, options, engine, access, definition.Limits.MaxResultBytes);
            AIFunction function = options.Query is { } query
                ? await NamedQueryAsync(query, access, runner, cancellationToken).ConfigureAwait(false)
                : new OpenQueryFunction(definition, await SchemaDescription.WriteAsync(engine, access, options, runner, cancellationToken).ConfigureAwait(false), runner);
            return [new CreatedTool(function) { IsIdempotent = true, Effects = ToolEffects.Read }];
        }
        catch (SqlEngineException exception)
        {
            throw new ToolException(exception.Message, exception);
        }
    }

    private async Task<NamedQueryFunction> NamedQueryAsync(string query, SqlAccess access, SqlRunner runner, CancellationToken cancellationToken)
    {
        var used = await engine.PrepareAsync(query, access, cancellationToken).ConfigureAwait(false);
        var declared = QueryParameters.Names(definition);
        if (used.Except(declared, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            var near = NearestName.Find(unknown, declared) is { } name ? $"Did you mean \"@{name}\"?" : $"Add a property \"{unknown}\" to \"parameters\".";
            throw new ToolException($"\"query\" uses @{unknown}, which \"parameters\" does not declare. {near}");
        }

        if (declared.Except(used, StringComparer.Ordinal).FirstOrDefault() is { } unused)
        {
            throw new ToolException($"\"query\" does not use the parameter \"{unused}\". Write @{unused} where its value belongs, or remove it from \"parameters\".");
        }

        return new NamedQueryFunction(definition, query, runner);
    }

    private SqlAccess Access(IReadOnlyList<SqlTable> catalog)
    {
        if (options.Tables is null)
        {
            return new SqlAccess(catalog, catalog, engine.Names);
        }

        var allowed = new List<SqlTable>();
        foreach (var (name, columns) in options.Tables)
        {
            var tables = Tables(catalog, name);
            foreach (var table in tables)
            {
                CheckKind(table);
                var kept = columns is null ? table.Columns : [.. columns.Select(column => Find(table.Columns, item => [item.Name], column, $"column of \"{table.Name}\""))];
                allowed.Add(table with { Columns = kept });
            }
        }

        if (allowed.GroupBy(table => table.Name, engine.Names).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ToolException($"the schema names \"{twice.Key}\" twice. Name each table once.");
        }

        return new SqlAccess(allowed, catalog, engine.Names);
    }

    private static List<SqlTable> Tables(IReadOnlyList<SqlTable> catalog, string name)
    {
        if (name.EndsWith(".*", StringComparison.Ordinal) && catalog.Any(table => table.Schema.Length > 0))
        {
            var schema = name[..^2];
            var all = catalog.Where(table => table.Schema == schema).ToList();
            return all.Count > 0 ? all : throw new ToolException($"\"{schema}\" of the schema is no schema with tables that may be read. There are: {string.Join(", ", catalog.Select(table => table.Schema).Distinct(StringComparer.Ordinal).Take(30))}.");
        }

        return [Find(catalog, table => table.Schema.Length > 0 ? [table.Name, $"{table.Schema}.{table.Relation}"] : [table.Name], name, "table")];
    }

    private void CheckKind(SqlTable table)
    {
        if (table.Kind == SqlTableKind.Virtual || (table.Kind == SqlTableKind.View && !engine.AllowsViews))
        {
            throw new ToolException($"\"{table.Name}\" is a {(table.Kind == SqlTableKind.View ? "view" : "virtual table")}, which a schema cannot name. Name the tables beneath it, or use \"query\" without \"schema\".");
        }
    }

    private static T Find<T>(IReadOnlyList<T> items, Func<T, string[]> namesOf, string name, string what)
        where T : class
    {
        // Names may differ in case only; the exact one is meant first.
        foreach (var comparer in (StringComparer[])[StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase])
        {
            if (items.FirstOrDefault(item => namesOf(item).Contains(name, comparer)) is { } found)
            {
                return found;
            }
        }

        var names = items.Select(item => namesOf(item)[0]).ToList();
        var hint = NearestName.Find(name, names) is { } near ? $"Did you mean \"{near}\"?" : $"There are: {string.Join(", ", names.Take(30))}.";
        throw new ToolException($"\"{name}\" of the schema is no {what}. {hint}");
    }
}
