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
            var result = await engine.QueryAsync(request, access, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Some values of a column that differ; none where the database takes too long.</summary>
    internal async Task<IReadOnlyList<string>> SamplesAsync(SqlTable table, SqlColumn column, int count, CancellationToken cancellationToken)
    {
        try
        {
            var request = new SqlRequest(engine.SampleQuery(table, column, count)) { MaximumRows = count, MaximumCharacters = maximumBytes, TimeLimit = options.TimeLimit };
            var result = await engine.QueryAsync(request, access, cancellationToken).ConfigureAwait(false);
            return [.. result.Rows.Select(row => row[0]).OfType<string>()];
        }
        catch (SqlEngineException exception) when (exception.Failure is SqlFailure.Limit or SqlFailure.Busy)
        {
            return [];
        }
    }

    /// <summary>What a model needs of the schema to mend a statement: the columns of the tables that it names, and what else there is.</summary>
    internal string RelevantSchema(string sql) => BriefSchema.Write(access.Tables, sql);
}
