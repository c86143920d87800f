using System.Diagnostics;
using System.Text;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Ingest;
using Agent.Core.Retrieval.Search;
using Agent.Core.Retrieval.Storage;
using Agent.Core.Retrieval.Storage.Sqlite;

namespace Agent.Bench;

/// <summary>Writes documents of a generated corpus to disk, ingests them, and searches the collection as an application does.</summary>
internal sealed class IngestBenchmark
{
    private const int SectionWords = 150;
    private const int SentenceWords = 12;
    private static readonly string[] Syllables = [.. from consonant in "bdfgklmnprstvz" from vowel in "aeiou" select $"{consonant}{vowel}"];

    public required int Passages { get; init; }

    public required int PassagesPerDocument { get; init; }

    public required int[] Terms { get; init; }

    public required int Queries { get; init; }

    public async Task<int> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("agent-bench-");
        try
        {
            var documents = Path.Combine(folder.FullName, "documents");
            var corpus = new GeneratedCorpus(1);
            var bytes = Write(corpus, documents, cancellationToken);
            await output.WriteLineAsync($"{Passages:N0} sections in {Directory.EnumerateFiles(documents, "*", SearchOption.AllDirectories).Count():N0} files, {bytes / 1e6:F0} MB").ConfigureAwait(false);
            var store = new PassageStore(new SqlitePassageDatabase(Path.Combine(folder.FullName, "bench.db")));
            await using (store.ConfigureAwait(false))
            {
                await IngestAsync(store, documents, "first run", output, cancellationToken).ConfigureAwait(false);
                await IngestAsync(store, documents, "second run, nothing changed", output, cancellationToken).ConfigureAwait(false);
                await output.WriteLineAsync($"database {new FileInfo(Path.Combine(folder.FullName, "bench.db")).Length / 1e6:F0} MB").ConfigureAwait(false);
                GC.Collect();
                await SearchAsync(store, corpus, output, cancellationToken).ConfigureAwait(false);
            }

            using var process = Process.GetCurrentProcess();
            await output.WriteLineAsync($"resident {process.WorkingSet64 / 1e6:F0} MB, at most {process.PeakWorkingSet64 / 1e6:F0} MB").ConfigureAwait(false);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task IngestAsync(PassageStore store, string documents, string what, TextWriter output, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var writer = await store.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            var report = await new Ingestion(writer).RunAsync([documents], null, cancellationToken).ConfigureAwait(false);
            var seconds = watch.Elapsed.TotalSeconds;
            await output.WriteLineAsync(
                $"{what}: {report.Chunks:N0} passages of {report.Added:N0} documents in {seconds:F1} s, {report.Chunks / seconds:N0} passages/s, {report.Bytes / 1e6 / seconds:F1} MB/s; {report.Problems.Count} problems").ConfigureAwait(false);
        }
    }

    private async Task SearchAsync(PassageStore store, GeneratedCorpus corpus, TextWriter output, CancellationToken cancellationToken)
    {
        var search = new PassageSearch(store);
        var opening = Stopwatch.StartNew();
        await search.SearchAsync(new PassageQuery { Text = "anything" }, cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync($"opened with the first search in {opening.Elapsed.TotalMilliseconds:F0} ms").ConfigureAwait(false);
        await output.WriteLineAsync("| terms | p50 ms | p99 ms |\n|---|---|---|").ConfigureAwait(false);
        foreach (var terms in Terms)
        {
            var times = new double[Queries];
            for (var round = 0; round < 2; round++)
            {
                for (var i = 0; i < times.Length; i++)
                {
                    var query = new PassageQuery { Text = string.Join(' ', corpus.NextQuery(terms).Select(Readable)), Top = 10 };
                    var start = Stopwatch.GetTimestamp();
                    await search.SearchAsync(query, cancellationToken).ConfigureAwait(false);
                    times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }

            Array.Sort(times);
            await output.WriteLineAsync($"| {terms} | {times[times.Length / 2]:F2} | {times[(int)(times.Length * 0.99)]:F2} |").ConfigureAwait(false);
        }
    }

    private long Write(GeneratedCorpus corpus, string folder, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        var text = new StringBuilder();
        for (var (document, written) = (0, 0); written < Passages; document++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            text.Clear().Append("# Document ").Append(document).Append('\n');
            for (var section = 0; section < PassagesPerDocument && written < Passages; section++, written++)
            {
                text.Append("\n## ").Append(Readable(corpus.Words[(document * 31) + section & 0xFFFF])).Append("\n\n");
                var words = corpus.NextDocument(SectionWords);
                for (var i = 0; i < words.Length; i++)
                {
                    text.Append(Readable(corpus.Words[words[i]])).Append((i % SentenceWords == SentenceWords - 1 || i == words.Length - 1, i % 48 == 47) switch
                    {
                        (true, true) => ".\n\n",
                        (true, false) => ". ",
                        _ => " ",
                    });
                }

                text.Append('\n');
            }

            var file = Path.Combine(folder, $"{document / 1000}", $"{document}.md");
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text.ToString());
            bytes += text.Length;
        }

        return bytes;
    }

    // The corpus names words by their rank; analysis would take digits for words of their own.
    private static string Readable(string word)
    {
        var rank = Convert.ToInt32(word[1..], 16);
        var text = new StringBuilder();
        for (rank += Syllables.Length; rank > 0; rank /= Syllables.Length)
        {
            text.Append(Syllables[rank % Syllables.Length]);
        }

        return text.ToString();
    }
}
