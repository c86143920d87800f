using Agent.Host.Evaluation.Retrieval;
using Agent.Host.Evaluation.Suites;

namespace Agent.Host.Tests.Evaluation.Retrieval;

public sealed class RetrievalCollectionReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agent-collection-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Documents_queries_and_grades_come_together()
    {
        Write(
            "{\"_id\": \"a\", \"title\": \"T\", \"text\": \"one\", \"metadata\": {}}\n\n{\"id\": 2, \"text\": \"two\"}\r\n",
            "{\"id\": \"q\", \"text\": \"what?\"}\n{\"id\": \"r\", \"text\": \"who?\"}\n",
            "query-id\tcorpus-id\tscore\nq\ta\t2\r\nq\t2\t0\nr\ta\t0\n");

        var collection = await RetrievalCollectionReader.ReadAsync(_folder, CancellationToken.None);

        Assert.Equal([new RetrievalDocument("a", "T\none"), new RetrievalDocument("2", "two")], collection.Documents);
        var query = Assert.Single(collection.Queries);
        Assert.Equal(("q", "what?", 1), (query.Id, query.Text, collection.Unjudged));
        Assert.Equal([new KeyValuePair<string, double>("a", 2)], query.Grades);
    }

    [Fact]
    public async Task Problems_come_together_with_file_line_and_fix()
    {
        Write(
            "{\"id\": \"a\", \"text\": \"one\"}\n{\"text\": \"x\"}\n{\"id\": \"b\"}\n{\"id\": \"a\", \"text\": \"one\"}\n5\n",
            "{\"id\": \"q\", \"text\": \"what?\"}\n",
            "q\ta\nq\tz\t1\nz\ta\t1\nq\ta\tbest\n");

        var exception = await Assert.ThrowsAsync<SuiteException>(() => RetrievalCollectionReader.ReadAsync(_folder, CancellationToken.None));

        Assert.Equal(
            [
                "corpus.jsonl:2: the entry has no \"id\". Add one, a text.",
                "corpus.jsonl:3: \"b\" has no \"text\". Add it.",
                "corpus.jsonl:4: the id \"a\" comes twice. Rename one of the two.",
                "corpus.jsonl:5: the entry has no \"id\". Add one, a text.",
                "qrels.tsv:1: the line is not query, document and grade. Separate the three by tabs; the grade is a number.",
                "qrels.tsv:2: there is no document \"z\". Remove the line, or add what it names.",
                "qrels.tsv:3: there is no query \"z\". Remove the line, or add what it names.",
                "qrels.tsv:4: the line is not query, document and grade. Separate the three by tabs; the grade is a number.",
            ],
            exception.Problems.Select(problem => problem.ToString()[(_folder.Length + 1)..]));
    }

    [Fact]
    public async Task Missing_files_and_empty_judgements_are_told()
    {
        var missing = await Assert.ThrowsAsync<SuiteException>(() => RetrievalCollectionReader.ReadAsync(_folder, CancellationToken.None));
        Assert.Equal(3, missing.Problems.Count);
        Write("{\"id\": \"a\", \"text\": \"one\"}", "{\"id\": \"q\", \"text\": \"what?\"}", "q\ta\t0");
        var empty = await Assert.ThrowsAsync<SuiteException>(() => RetrievalCollectionReader.ReadAsync(_folder, CancellationToken.None));
        Assert.Contains("no query has a relevant document", empty.Message, StringComparison.Ordinal);
    }

    private void Write(string corpus, string queries, string qrels)
    {
        File.WriteAllText(Path.Combine(_folder, "corpus.jsonl"), corpus);
        File.WriteAllText(Path.Combine(_folder, "queries.jsonl"), queries);
        File.WriteAllText(Path.Combine(_folder, "qrels.tsv"), qrels);
    }
}
