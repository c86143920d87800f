using Agent.Core.Agents;
using Agent.Core.Names;
using Agent.Tools.Registry;
using Agent.Tools.Sql.Shop;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Sql;

/// <summary>Opens the database of an entry, checks the entry against it and makes its function.</summary>
internal sealed class SqlToolSource(ToolDefinition definition, SqlOptions options, ISqlEngine engine, ShopDatabase? sample) : IToolSource
{
    public async ValueTask<IReadOnlyList<CreatedTool>> OpenAsync(CancellationToken cancellationToken) =>
        [await Task.Run(Open, cancellationToken).ConfigureAwait(false)];

    private CreatedTool Open()
    {
        sample?.EnsureCreated();
        try
        {
            var access = Access(engine.ReadCatalog());
            var runner = new SqlRunner(definition.Name, options, engine, access, definition.Limits.MaxResultBytes);
            AIFunction function = options.Query is { } query
                ? NamedQuery(query, access, runner)
                : new OpenQueryFunction(definition, SchemaDescription.Write(engine, access, options, runner), runner);
            return new CreatedTool(function) { IsIdempotent = true, Effects = ToolEffects.Read };
        }
        catch (SqlEngineException exception)
        {
            throw new ToolException(exception.Message, exception);
        }
    }

    private NamedQueryFunction NamedQuery(string query, SqlAccess access, SqlRunner runner)
    {
        var used = engine.Prepare(query, access);
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
            return new SqlAccess(catalog, catalog);
        }

        var allowed = new List<SqlTable>();
        foreach (var (name, columns) in options.Tables)
        {
            var table = Find(catalog, table => table.Name, name, "table");
            if (table.Kind != SqlTableKind.Table)
            {
                // A model could name a subquery of its own like the view and read as the view does.
                throw new ToolException($"\"{table.Name}\" is a {(table.Kind == SqlTableKind.View ? "view" : "virtual table")}, which a schema cannot name. Name the tables beneath it, or use \"query\" without \"schema\".");
            }

            var kept = columns is null ? table.Columns : [.. columns.Select(column => Find(table.Columns, item => item.Name, column, $"column of \"{table.Name}\""))];
            allowed.Add(table with { Columns = kept });
        }

        return new SqlAccess(allowed, catalog);
    }

    private static T Find<T>(IReadOnlyList<T> items, Func<T, string> nameOf, string name, string what)
        where T : class
    {
        if (items.FirstOrDefault(item => string.Equals(nameOf(item), name, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            return found;
        }

        var names = items.Select(nameOf).ToList();
        var hint = NearestName.Find(name, names) is { } near ? $"Did you mean \"{near}\"?" : $"There are: {string.Join(", ", names.Take(30))}.";
        throw new ToolException($"\"{name}\" of the schema is no {what}. {hint}");
    }
}
