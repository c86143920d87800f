using System.IO.Compression;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Documents;
using Agent.Core.Retrieval.Ingest;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Storage.Sqlite;

namespace Agent.Core.Tests.Retrieval.Ingest;

[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "xunit disposes through IAsyncLifetime.")]
public sealed class IngestionTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-ingest-").FullName;
    private PassageStore _store = null!;

    private string Docs => Path.Combine(_folder, "docs");

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(Docs);
        _store = new PassageStore(new SqlitePassageDatabase(Path.Combine(_folder, "things.db")));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_second_run_touches_only_what_changed_and_removes_what_is_gone()
    {
        Write("a.md", "# Pump\n\nThe pump is red.");
        Write("sub/b.txt", "The fan is grey.");
        Write("sub/c.md", "The motor is old.");
        Write("sub/picture.xyz", "no text");
        Write(".hidden/d.md", "The secret is kept.");

        var first = await IngestAsync(Docs);
        Assert.Equal((3, 0, 0, 0), (first.Added, first.Updated, first.Unchanged, first.Removed));
        Assert.Equal(new Dictionary<string, int> { [".xyz"] = 1 }, first.Ignored);
        Assert.Empty(first.Problems);
        Assert.Equal(3, first.Chunks);
        var version = await VersionAsync();

        var second = await IngestAsync(Docs);
        Assert.Equal((0, 0, 3, 0), (second.Added, second.Updated, second.Unchanged, second.Removed));
        Assert.Equal(version, await VersionAsync());

        Write("a.md", "# Pump\n\nThe pump is blue.");
        File.Delete(Path.Combine(Docs, "sub", "b.txt"));
        var third = await IngestAsync(Docs);
        Assert.Equal((0, 1, 1, 1), (third.Added, third.Updated, third.Unchanged, third.Removed));
        Assert.Equal("The pump is blue.", Assert.Single(await SearchAsync("pump")).Passage.Text.Split('\n')[^1]);
        Assert.Empty(await SearchAsync("fan"));
        Assert.Empty(await SearchAsync("secret"));
    }

    [Fact]
    public async Task A_new_date_alone_makes_no_new_document()
    {
        Write("a.md", "The pump is red.");
        await IngestAsync(Docs);
        var id = Assert.Single(await SearchAsync("pump")).Passage.Id;
        File.SetLastWriteTimeUtc(Path.Combine(Docs, "a.md"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var report = await IngestAsync(Docs);

        Assert.Equal((0, 0, 1), (report.Added, report.Updated, report.Unchanged));
        Assert.Equal(id, Assert.Single(await SearchAsync("pump")).Passage.Id);
        await using var writer = await _store.OpenWriterAsync();
        Assert.Equal(2020, Assert.Single(await writer.ReadStampsAsync()).Value.Modified.Year);
    }

    [Fact]
    public async Task Bad_files_are_reported_one_by_one_and_the_rest_goes_on()
    {
        Write("good.md", "The pump is red.");
        Write("empty.md", string.Empty);
        Write("blank.md", "  \n\n ");
        await File.WriteAllBytesAsync(Path.Combine(Docs, "binary.md"), [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7919 % 256))]);
        await File.WriteAllBytesAsync(Path.Combine(Docs, "paper.pdf"), "%PDF-1.7 and so on"u8.ToArray());
        await File.WriteAllBytesAsync(Path.Combine(Docs, "broken.docx"), [1, 2, 3]);
        Write("broken.jsonl", "{\"a\":");
        WriteBomb("bomb.docx");
        Write("line.txt", new string('x', 3_000_000));
        Write("gb.txt", string.Empty);
        await File.WriteAllBytesAsync(Path.Combine(Docs, "gb.txt"), [0xCB, 0xAE, 0xB1, 0xC3, 0xBA, 0xEC, 0xC9, 0xAB]);

        var report = await IngestAsync(new DocumentLoader(new DocumentLimits { MaxBytes = 2_000_000 }), Docs);

        var problems = report.Problems.ToDictionary(problem => Path.GetFileName(problem.Path), problem => problem);
        Assert.Equal(["binary.md", "blank.md", "bomb.docx", "broken.docx", "broken.jsonl", "empty.md", "line.txt", "paper.pdf"], problems.Keys.Order(StringComparer.Ordinal));
        Assert.All(problems.Values, problem => Assert.True(problem.Problem.Length > 5 && problem.Fix.EndsWith('.')));
        Assert.Contains("empty", problems["empty.md"].Problem, StringComparison.Ordinal);
        Assert.Contains("2,000,000 bytes", problems["line.txt"].Problem, StringComparison.Ordinal);
        Assert.Equal(2, report.Added);
        Assert.Single(await SearchAsync("pump"));
        Assert.Single(await SearchAsync("水泵"));
    }

    [Fact]
    public async Task A_document_whose_file_went_bad_keeps_its_earlier_state()
    {
        Write("a.json", "{\"pump\": \"red\"}");
        await IngestAsync(Docs);
        Write("a.json", "{\"pump\": ");

        var report = await IngestAsync(Docs);

        Assert.EndsWith("Its earlier state stays in the collection.", Assert.Single(report.Problems).Fix, StringComparison.Ordinal);
        Assert.Single(await SearchAsync("pump"));
    }

    [Fact]
    public async Task Links_in_a_circle_and_links_to_nowhere_end()
    {
        Write("sub/a.md", "The pump is red.");
        Directory.CreateSymbolicLink(Path.Combine(Docs, "sub", "up"), Docs);
        Directory.CreateSymbolicLink(Path.Combine(Docs, "again"), Path.Combine(Docs, "sub"));
        File.CreateSymbolicLink(Path.Combine(Docs, "x.md"), Path.Combine(Docs, "y.md"));
        File.CreateSymbolicLink(Path.Combine(Docs, "y.md"), Path.Combine(Docs, "x.md"));
        File.CreateSymbolicLink(Path.Combine(Docs, "gone.md"), Path.Combine(Docs, "nothing.md"));
        File.CreateSymbolicLink(Path.Combine(Docs, "one.md"), Path.Combine(Docs, "sub", "a.md"));

        var report = await IngestAsync(Docs);

        Assert.Equal(["again", "gone.md", "up", "x.md", "y.md"], report.Problems.Select(problem => Path.GetFileName(problem.Path)).Order(StringComparer.Ordinal));
        Assert.Equal(["one.md", "sub/a.md"], (await SearchAsync("pump")).Select(hit => Path.GetRelativePath(Docs, hit.Passage.Source).Replace('\\', '/')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_not_below_the_named_paths_stays()
    {
        Write("one/a.md", "The pump is red.");
        Write("two/b.md", "The pump is blue.");
        Write("two-more/c.md", "The pump is green.");
        await IngestAsync(Docs);
        Directory.Delete(Path.Combine(Docs, "one"), recursive: true);
        Directory.Delete(Path.Combine(Docs, "two"), recursive: true);
        Directory.CreateDirectory(Path.Combine(Docs, "two"));
        File.Delete(Path.Combine(Docs, "two-more", "c.md"));

        Assert.Equal(1, (await IngestAsync(Path.Combine(Docs, "two"))).Removed);
        Assert.Equal(2, (await SearchAsync("pump")).Count);
        Assert.Equal(0, (await IngestAsync(new IngestOptions { RemoveMissing = false }, Docs)).Removed);
        Assert.Equal(2, (await IngestAsync(Docs)).Removed);
    }

    [Fact]
    public async Task A_named_file_that_is_gone_leaves_the_collection_and_one_that_never_was_is_reported()
    {
        Write("a.md", "The pump is red.");
        var path = Path.Combine(Docs, "a.md");
        await IngestAsync(path);
        File.Delete(path);

        var gone = await IngestAsync(path);
        Assert.Equal((1, 0), (gone.Removed, gone.Problems.Count));
        Assert.Equal("There is no such file or folder", Assert.Single((await IngestAsync(path)).Problems).Problem);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_read_loses_nothing()
    {
        Write("sub/a.md", "The pump is red.");
        Directory.CreateSymbolicLink(Path.Combine(Docs, "link"), Path.Combine(_folder, "far"));
        Directory.CreateDirectory(Path.Combine(_folder, "far"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "far", "b.md"), "The pump is blue.");
        await IngestAsync(Docs);
        Directory.Delete(Path.Combine(_folder, "far"), recursive: true);

        // As when a disk is not mounted: what lay behind the link may come back.
        var report = await IngestAsync(Docs);

        Assert.Equal(0, report.Removed);
        Assert.Equal(2, (await SearchAsync("pump")).Count);
        Assert.Equal("link", Path.GetFileName(Assert.Single(report.Problems).Path));
    }

    [Fact]
    public async Task Tags_and_metadata_are_added_and_new_ones_are_applied_to_unchanged_files()
    {
        Write("a.md", "---\nauthor: Kim\nyear: 2020\n---\nThe pump is red.");
        await IngestAsync(new IngestOptions { Tags = ["manual"], Metadata = new Dictionary<string, string> { ["year"] = "2024" } }, Docs);
        var passage = Assert.Single(await SearchAsync("pump")).Passage;
        Assert.Equal(["manual"], passage.Tags);
        Assert.Equal(("Kim", "2024"), (passage.Metadata["author"], passage.Metadata["year"]));

        Assert.Equal(1, (await IngestAsync(new IngestOptions { Tags = ["faq"] }, Docs)).Updated);
        passage = Assert.Single(await SearchAsync("pump")).Passage;
        Assert.Equal(["faq"], passage.Tags);
        Assert.Equal("2020", passage.Metadata["year"]);
    }

    [Fact]
    public async Task Many_files_arrive_complete_from_several_workers_and_progress_adds_up()
    {
        for (var i = 0; i < 300; i++)
        {
            Write($"f{i % 7}/d{i}.md", $"# Title {i}\n\nThe pump number{i} is red.");
        }

        var last = default(IngestProgress);
        await using (var writer = await _store.OpenWriterAsync())
        {
            await new Ingestion(writer, new IngestOptions { Workers = 4 }).RunAsync([Docs], new Receiver(progress => last = progress));
        }

        Assert.Equal((300, 300, 300L), (last.Files, last.TotalFiles, last.Chunks));
        Assert.Equal(last.TotalBytes, last.Bytes);
        Assert.Equal(300, (await SearchAsync("pump", 1000)).Count);
        Assert.EndsWith("d123.md", (await SearchAsync("number123"))[0].Passage.Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_embedding_model_gives_every_passage_its_vector_once()
    {
        Write("a.md", "The pump is red.");
        Write("b.md", "The fan is grey.");
        using var model = new Storage.WordVectors();
        var options = new IngestOptions { Embedder = new PassageEmbedder("words", model) };

        Assert.Equal(2, (await IngestAsync(options, Docs)).Embedded);
        Assert.Equal(0, (await IngestAsync(options, Docs)).Embedded);
        Write("b.md", "The fan is blue.");
        Assert.Equal(1, (await IngestAsync(options, Docs)).Embedded);
        Assert.Equal(["The pump is red.", "The fan is grey.", "The fan is blue."], model.Texts);
    }

    [Fact]
    public async Task What_was_stored_before_a_cancellation_stays_and_the_next_run_goes_on()
    {
        for (var i = 0; i < 100; i++)
        {
            Write($"d{i}.md", $"The pump number{i} is red.");
        }

        using var stop = new CancellationTokenSource();
        await using (var writer = await _store.OpenWriterAsync())
        {
            var receiver = new Receiver(progress =>
            {
                if (progress.Files == 10)
                {
                    stop.Cancel();
                }
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Ingestion(writer).RunAsync([Docs], receiver, stop.Token));
        }

        Assert.Equal(10, (await SearchAsync("pump", 1000)).Count);
        var report = await IngestAsync(Docs);
        Assert.Equal((90, 10), (report.Added, report.Unchanged));
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(Docs, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void WriteBomb(string name)
    {
        using var archive = ZipFile.Open(Path.Combine(Docs, name), ZipArchiveMode.Create);
        using var entry = archive.CreateEntry("word/document.xml", CompressionLevel.SmallestSize).Open();
        var block = new byte[1 << 20];
        for (var i = 0; i < 300; i++)
        {
            entry.Write(block);
        }
    }

    private Task<IngestReport> IngestAsync(params string[] paths) => IngestAsync(new IngestOptions(), paths);

    private async Task<IngestReport> IngestAsync(IngestOptions options, params string[] paths)
    {
        await using var writer = await _store.OpenWriterAsync();
        return await new Ingestion(writer, options).RunAsync(paths);
    }

    private async Task<IngestReport> IngestAsync(DocumentLoader loader, params string[] paths)
    {
        await using var writer = await _store.OpenWriterAsync();
        return await new Ingestion(writer, null, loader).RunAsync(paths);
    }

    private Task<IReadOnlyList<PassageHit>> SearchAsync(string text, int top = 10) => new PassageSearch(_store).SearchAsync(new PassageQuery { Text = text, Top = top });

    private async Task<long> VersionAsync()
    {
        await using var view = await _store.OpenViewAsync();
        return view.Version;
    }

    private sealed class Receiver(Action<IngestProgress> report) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => report(value);
    }
}
