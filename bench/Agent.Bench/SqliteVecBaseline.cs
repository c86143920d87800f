using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Agent.Bench;

/// <summary>The same vectors in a table of sqlite-vec, in memory.</summary>
internal sealed class SqliteVecBaseline : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    private SqliteVecBaseline()
    {
    }

    /// <summary>Loads the extension and fills the table.</summary>
    public static SqliteVecBaseline Create(string extension, float[][] rows, TextWriter output)
    {
        SQLitePCL.Batteries_V2.Init();
        var baseline = new SqliteVecBaseline();
        baseline._connection.Open();
        baseline._connection.EnableExtensions();
        baseline._connection.LoadExtension(Path.GetFullPath(extension));
        baseline.Execute($"CREATE VIRTUAL TABLE vectors USING vec0(embedding float[{rows[0].Length}] distance_metric=cosine)");
        var clock = Stopwatch.StartNew();
        using var transaction = baseline._connection.BeginTransaction();
        using var insert = baseline._connection.CreateCommand();
        insert.CommandText = "INSERT INTO vectors(rowid, embedding) VALUES ($id, $embedding)";
        var (id, embedding) = (insert.Parameters.Add("$id", SqliteType.Integer), insert.Parameters.Add("$embedding", SqliteType.Blob));
        for (var row = 0; row < rows.Length; row++)
        {
            (id.Value, embedding.Value) = (row, MemoryMarshal.AsBytes(rows[row].AsSpan()).ToArray());
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
        output.WriteLine($"sqlite-vec {baseline.Scalar("SELECT vec_version()")} filled at {rows.Length / clock.Elapsed.TotalSeconds:F0} rows/s");
        return baseline;
    }

    public int[] Search(float[] query, int count)
    {
        using var select = _connection.CreateCommand();
        select.CommandText = "SELECT rowid FROM vectors WHERE embedding MATCH $query AND k = $count";
        select.Parameters.AddWithValue("$query", MemoryMarshal.AsBytes(query.AsSpan()).ToArray());
        select.Parameters.AddWithValue("$count", count);
        using var reader = select.ExecuteReader();
        var ids = new List<int>();
        while (reader.Read())
        {
            ids.Add(reader.GetInt32(0));
        }

        return [.. ids];
    }

    public void Dispose() => _connection.Dispose();

    private object? Scalar(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
