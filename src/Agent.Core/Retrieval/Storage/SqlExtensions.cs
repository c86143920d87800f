using System.Data.Common;

namespace Agent.Core.Retrieval.Storage;

/// <summary>Short forms of what the store does with connections.</summary>
internal static class SqlExtensions
{
    /// <summary>The rows of an INSERT of several.</summary>
    /// <param name="count">How many.</param>
    /// <param name="row">Writes the row of a number, from 0.</param>
    public static string Rows(int count, Func<int, string> row) => string.Join(", ", Enumerable.Range(0, count).Select(row));

    /// <summary>A command with parameters; the caller disposes it.</summary>
    public static DbCommand Command(this DbConnection connection, string text, DbTransaction? transaction = null, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        command.Transaction = transaction;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>Runs a statement without parameters.</summary>
    public static async Task ExecuteAsync(this DbConnection connection, string text, CancellationToken cancellationToken)
    {
        var command = connection.Command(text);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a statement of a transaction.</summary>
    public static Task<int> ExecuteAsync(this DbTransaction transaction, string text, CancellationToken cancellationToken, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = transaction.Connection!.Command(text, transaction, parameters);
        return RunAsync(command, cancellationToken);

        static async Task<int> RunAsync(DbCommand command, CancellationToken cancellationToken)
        {
            await using (command.ConfigureAwait(false))
            {
                return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The first column of the first row of a query.</summary>
    /// <returns>Null without rows.</returns>
    public static Task<object?> ScalarAsync(this DbTransaction transaction, string text, CancellationToken cancellationToken, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = transaction.Connection!.Command(text, transaction, parameters);
        return RunAsync(command, cancellationToken);

        static async Task<object?> RunAsync(DbCommand command, CancellationToken cancellationToken)
        {
            await using (command.ConfigureAwait(false))
            {
                return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>All rows of a query.</summary>
    public static Task<List<T>> ReadAsync<T>(
        this DbTransaction transaction, string text, Func<DbDataReader, T> read, CancellationToken cancellationToken, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = transaction.Connection!.Command(text, transaction, parameters);
        return RunAsync(command, read, cancellationToken);

        static async Task<List<T>> RunAsync(DbCommand command, Func<DbDataReader, T> read, CancellationToken cancellationToken)
        {
            await using (command.ConfigureAwait(false))
            {
                var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    var rows = new List<T>();
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        rows.Add(read(reader));
                    }

                    return rows;
                }
            }
        }
    }
}
