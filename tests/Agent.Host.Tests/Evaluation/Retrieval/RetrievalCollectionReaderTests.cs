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
    public async Task A_pair_that_is_judged_twice_and_differently_is_a_problem()
    {
        Write("{\"id\": \"a\", \"text\": \"one\"}", "{\"id\": \"q\", \"text\": \"what?\"}", "q\ta\t2\nq\ta\t2\nq\ta\t0\nq\ta\t1\n");

        var exception = await Assert.ThrowsAsync<SuiteException>(() => RetrievalCollectionReader.ReadAsync(_folder, CancellationToken.None));

        Assert.Equal(
            [
                "qrels.tsv:3: query \"q\" and document \"a\" have the grade 2 already. Remove one of the two lines.",
                "qrels.tsv:4: query \"q\" and document \"a\" have the grade 2 already. Remove one of the two lines.",
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

    [Theory]
    [InlineData("corpus.jsonl", "qrels.tsv:2: there is no query \"z\". Remove the line, or add what it names.")]
    [InlineData("queries.jsonl", "qrels.tsv:1: there is no document \"x\". Remove the line, or add what it names.")]
    public async Task What_a_file_that_cannot_be_read_may_hold_is_not_missed(string file, string other)
    {
        Write("{\"id\": \"a\", \"text\": \"one\"}", "{\"id\": \"q\", \"text\": \"what?\"}", "q\tx\t1\nz\ta\t1\nq\ta\t1\n");
        File.WriteAllBytes(Path.Combine(_folder, file), [0xFF]);

        var exception = await Assert.ThrowsAsync<SuiteException>(() => RetrievalCollectionReader.ReadAsync(_folder, CancellationToken.None));

        Assert.Equal(
            [$"{file}: the file is not UTF-8. Save it as UTF-8.", other],
            exception.Problems.Select(problem => problem.ToString()[(_folder.Length + 1)..]));
    }

    [Fact]
    public async Task The_message_has_the_first_problems_and_says_how_many_more_there_are()
    {
        Write("{\"id\": \"a\", \"text\": \"one\"}", "{\"id\": \"q\", \"text\": \"what?\"}", string.Concat(Enumerable.Repeat("q\tz\t1\n", 23)));

        var exception = await Assert.ThrowsAsync<SuiteException>(() => RetrievalCollectionReader.ReadAsync(_folder, CancellationToken.None));

        Assert.Equal(23, exception.Problems.Count);
        var lines = exception.Message.Split('\n');
        Assert.Equal([.. exception.Problems.Take(20).Select(problem => problem.ToString()), "and 3 more"], lines);
    }

    private void Write(string corpus, string queries, string qrels)
    {
        File.WriteAllText(Path.Combine(_folder, "corpus.jsonl"), corpus);
        File.WriteAllText(Path.Combine(_folder, "queries.jsonl"), queries);
        File.WriteAllText(Path.Combine(_folder, "qrels.tsv"), qrels);
    }
}
