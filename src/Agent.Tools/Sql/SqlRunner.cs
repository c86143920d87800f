using Agent.Core.Agents;
using Agent.Tools.Registry;
using Agent.Tools.Sql.Results;

namespace Agent.Tools.Sql;

/// <summary>Runs statements of one tool and writes their results for the model. Thread-safe.</summary>
internal sealed class SqlRunner(string toolName, SqlOptions options, ISqlEngine engine, SqlAccess access, int maximumBytes)
{
    /// <summary>Runs one statement off the calling thread.</summary>
    /// <exception cref="TransientToolException">The database is busy.</exception>
    /// <exception cref="SqlEngineException">The statement is wrong, forbidden, or asks for too much.</exception>
    internal async Task<string> RunAsync(string sql, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        var request = new SqlRequest(sql) { Parameters = parameters, MaximumRows = options.Rows, MaximumCharacters = maximumBytes, TimeLimit = options.TimeLimit };
        try
        {
            // A statement may hold its thread for seconds; those of the pool are for others.
            var result = await Task.Factory.StartNew(
                () => engine.Query(request, access, cancellationToken),
                cancellationToken,
                TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                TaskScheduler.Default).ConfigureAwait(false);
            return options.IsMarkdown ? MarkdownRows.Write(result, maximumBytes) : JsonRows.Write(result, maximumBytes);
        }
        catch (SqlEngineException exception) when (exception.Failure == SqlFailure.Busy)
        {
            throw new TransientToolException($"{toolName}: {exception.Message}", exception);
        }
        catch (SqlEngineException exception) when (exception.Failure == SqlFailure.Database)
        {
            throw new ToolException($"{toolName}: {exception.Message}", exception);
        }
    }

    /// <summary>The first values of a column that differ; none where the database takes too long.</summary>
    internal IReadOnlyList<string> Samples(SqlTable table, SqlColumn column, int count)
    {
        var name = engine.Quote(column.Name);
        var sql = $"SELECT DISTINCT x FROM (SELECT {name} AS x FROM {engine.Quote(table.Name)} WHERE {name} IS NOT NULL LIMIT 1000) LIMIT {count}";
        try
        {
            var request = new SqlRequest(sql) { MaximumRows = count, MaximumCharacters = maximumBytes, TimeLimit = options.TimeLimit };
            return [.. engine.Query(request, access, CancellationToken.None).Rows.Select(row => row[0]).OfType<string>()];
        }
        catch (SqlEngineException exception) when (exception.Failure is SqlFailure.Limit or SqlFailure.Busy)
        {
            return [];
        }
    }

    /// <summary>The schema in one line, for a model that has to correct itself.</summary>
    internal string BriefSchema() =>
        string.Join("; ", access.Tables.Select(table => $"{table.Name}({string.Join(", ", table.Columns.Select(column => column.Name))})"));
}
