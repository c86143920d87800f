using Microsoft.Data.Sqlite;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>Opens database files so that they can only be read.</summary>
internal static class SqliteFile
{
    internal static SqliteConnection OpenReadOnly(string path)
    {
        if (!File.Exists(path))
        {
            throw new SqlEngineException(SqlFailure.Database, $"the database {Path.GetFileName(path)} does not exist. Check \"database\"");
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,

            // A pooled handle would keep the access of the statement before.
            Pooling = false,
        }.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Unreadable(path, exception);
        }
    }

    internal static SqlEngineException Unreadable(string path, SqliteException exception) =>
        new(SqlFailure.Database, $"the database {Path.GetFileName(path)} cannot be read (SQLite error {exception.SqliteErrorCode}). Check that it is a SQLite file and that this process may read it", exception);
}
