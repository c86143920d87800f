using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Agent.Bench;

/// <summary>The same corpus in SQLite's FTS5, in a temporary file.</summary>
internal sealed class Fts5Baseline : IDisposable
{
    private readonly string _path;
    private readonly SqliteConnection _connection;

    private Fts5Baseline(string path)
    {
        SQLitePCL.Batteries_V2.Init();
        _path = path;
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
    }

    public static async Task<Fts5Baseline> CreateAsync(RetrievalBenchmark benchmark, TextWriter output, CancellationToken cancellationToken)
    {
        var baseline = new Fts5Baseline(Path.GetTempFileName());
        baseline.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; CREATE VIRTUAL TABLE passages USING fts5(text)");
        var filling = new Stopwatch();
        using var transaction = baseline._connection.BeginTransaction();
        using var insert = baseline._connection.CreateCommand();
        insert.CommandText = "INSERT INTO passages(rowid, text) VALUES ($id, $text)";
        var (id, text) = (insert.Parameters.Add("$id", SqliteType.Integer), insert.Parameters.Add("$text", SqliteType.Text));
        foreach (var (document, vocabulary, words) in benchmark.Corpus())
        {
            cancellationToken.ThrowIfCancellationRequested();
            (id.Value, text.Value) = (document, string.Join(' ', words.Select(word => vocabulary[word])));
            filling.Start();
            insert.ExecuteNonQuery();
            filling.Stop();
        }

        filling.Start();
        transaction.Commit();
        baseline.Execute("INSERT INTO passages(passages) VALUES ('optimize')");
        filling.Stop();
        await output.WriteLineAsync(
            $"FTS5: filled and optimised at {benchmark.Documents / filling.Elapsed.TotalSeconds:F0} documents/s, {new FileInfo(baseline._path).Length / 1e6:F1} MB with the text").ConfigureAwait(false);
        return baseline;
    }

    public List<(long Document, double Score)> Search(string[] terms, int count)
    {
        using var select = _connection.CreateCommand();
        select.CommandText = "SELECT rowid, rank FROM passages WHERE passages MATCH $query ORDER BY rank LIMIT $count";
        select.Parameters.AddWithValue("$query", string.Join(" OR ", terms));
        select.Parameters.AddWithValue("$count", count);
        using var reader = select.ExecuteReader();
        var hits = new List<(long, double)>();
        while (reader.Read())
        {
            hits.Add((reader.GetInt64(0), reader.GetDouble(1)));
        }

        return hits;
    }

    public void Dispose()
    {
        _connection.Dispose();
        File.Delete(_path);
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
