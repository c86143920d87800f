using System.Diagnostics;
using System.Globalization;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Agent.Host.Tests.Retrieval;

/// <summary>
/// Kills <c>agent ingest</c> at random moments while it adds, replaces and removes documents. Set AGENT_CRASH_ROUNDS for a longer run (200 take
/// some minutes), AGENT_CRASH_SEED for another one.
/// </summary>
public sealed class IngestCrashTests : IDisposable
{
    private const int Documents = 240;
    private const int Sections = 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-crash-").FullName;

    private string Docs => Path.Combine(_folder, "docs");

    private string Collection => Path.Combine(_folder, ".agent", "collections", "default.db");

    [Fact]
    public async Task However_an_ingest_is_killed_every_document_is_whole_and_found()
    {
        var rounds = Setting("AGENT_CRASH_ROUNDS", 8);
        var random = new Random(Setting("AGENT_CRASH_SEED", 1));
        Directory.CreateDirectory(Docs);
        WriteDocuments(0, 1, random);
        var whole = Stopwatch.StartNew();
        Assert.True(await RunAsync(killAfter: null));
        var longest = whole.Elapsed;
        await CheckAsync();
        var killed = 0;
        for (var round = 1; round <= rounds; round++)
        {
            WriteDocuments(round, 0.5, random);
            if (!await RunAsync(longest * random.NextDouble()))
            {
                killed++;
            }

            await CheckAsync();
        }

        Assert.True(killed > 0, "No run was killed before it ended.");
        Assert.True(await RunAsync(killAfter: null));
        var state = await CheckAsync();
        Assert.Equal(Directory.EnumerateFiles(Docs).Order(StringComparer.Ordinal), state.Order(StringComparer.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    /// <summary>Rewrites, adds and removes a share of the documents.</summary>
    private void WriteDocuments(int version, double share, Random random)
    {
        for (var document = 0; document < Documents; document++)
        {
            if (random.NextDouble() >= share)
            {
                continue;
            }

            var file = Path.Combine(Docs, $"d{document}.md");
            if (version > 0 && random.Next(5) == 0)
            {
                File.Delete(file);
                continue;
            }

            // Sections of level 2 are chunks of their own, so that a document half stored would show.
            var sections = Enumerable.Range(0, Sections).Select(section => $"## Section {section}\n\nThe words of document marker{Letters(document)} in state{Letters(version)} number {random.Next()}.\n");
            File.WriteAllText(file, string.Join('\n', sections));
        }
    }

    /// <summary>Runs the program; false where it was killed.</summary>
    private async Task<bool> RunAsync(TimeSpan? killAfter)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "agent.dll"), "ingest", Docs, "--json"])
        {
            WorkingDirectory = _folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(killAfter ?? TimeSpan.FromMinutes(1));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // SIGKILL: nothing of the program runs any more.
            process.Kill();
            await process.WaitForExitAsync();
            Assert.NotNull(killAfter);
            return false;
        }

        Assert.True(process.ExitCode == 0, $"{await output}{await error}");
        return true;
    }

    /// <summary>Checks the file, every document and the index; returns the documents.</summary>
    private async Task<IReadOnlyCollection<string>> CheckAsync()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Collection, Pooling = false }.ConnectionString);
        await using (connection)
        {
            await connection.OpenAsync();
            Assert.Equal("ok", await ScalarAsync(connection, "PRAGMA integrity_check"));
            Assert.Equal(0L, await ScalarAsync(connection, "SELECT COUNT(*) FROM chunks WHERE document NOT IN (SELECT id FROM documents)"));
            Assert.Equal(0L, await ScalarAsync(connection, "SELECT COUNT(*) FROM documents d WHERE chunk_count <> (SELECT COUNT(*) FROM chunks c WHERE c.document = d.id)"));
        }

        await using var store = new PassageStore(new SqlitePassageDatabase(Collection));
        await using var view = await store.OpenViewAsync();
        var stamps = await view.ReadStampsAsync();
        foreach (var source in stamps.Keys)
        {
            var marker = $"marker{Letters(int.Parse(Path.GetFileNameWithoutExtension(source)[1..], CultureInfo.InvariantCulture))}";
            var hits = await view.SearchAsync([marker], Sections * 2, PassageFilter.None);
            var passages = await view.ReadAsync([.. hits.Select(hit => hit.Document)]);

            // All sections, of this document, of one state.
            Assert.Equal(Sections, hits.Count);
            Assert.Equal(Enumerable.Range(0, Sections), passages.Values.Select(passage => passage.Ordinal).Order());
            Assert.All(passages.Values, passage => Assert.Equal(source, passage.Source));
            Assert.Single(passages.Values.Select(passage => passage.Text.Split(' ').Single(word => word.StartsWith("state", StringComparison.Ordinal))).Distinct(StringComparer.Ordinal));
        }

        Assert.Equal(stamps.Count * Sections, (await view.CountAsync()).Passages);
        return [.. stamps.Keys];
    }

    private static async Task<object?> ScalarAsync(SqliteConnection connection, string text)
    {
        var command = connection.CreateCommand();
        await using (command)
        {
            command.CommandText = text;
            return await command.ExecuteScalarAsync();
        }
    }

    // Digits would be words of their own; and no stemmer touches a word that ends in x.
    private static string Letters(int number) => string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(digit => (char)('a' + digit - '0'))) + "x";
}
