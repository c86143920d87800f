using Agent.Host.Evaluation.Answers.Suites;
using Agent.Host.Evaluation.Suites;
using Agent.Host.Tests.Support;
using Agent.Testing;

namespace Agent.Host.Tests.Evaluation.Answers;

/// <summary>Suites of answers, and what is said of those that are wrong.</summary>
public sealed class AnswerSuiteReaderTests : IDisposable
{
    private const string Passages = """[{"source": "a.md", "title": "A", "text": "one"}, {"source": "b.md", "text": "two"}]""";
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task The_suite_of_the_project_is_read()
    {
        var cases = await AnswerSuiteReader.ReadAsync(Path.Combine(Repository.Root, "models", "eval", "answers.jsonl"), CancellationToken.None);

        Assert.Equal(64, cases.Count);
        Assert.Equal(32, cases.Count(next => next.Language == "zh"));
        Assert.Equal(18, cases.Count(next => next.Refuse));
        Assert.Equal(
            [("contradiction", 8), ("injection", 8), ("near_miss", 10), ("nothing_relevant", 8), ("one_source", 20), ("several_sources", 10)],
            cases.GroupBy(next => next.Category).Select(group => (group.Key, group.Count())).Order());
        Assert.All(cases, next => Assert.Equal(next.Passages.Count, next.Passages.Select(passage => passage.Source).Distinct().Count()));
    }

    [Fact]
    public async Task The_example_of_the_documentation_is_read()
    {
        var text = (await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "evaluation.md"))).ReplaceLineEndings("\n");

        var cases = await ReadAsync(text.Split("## Answers", 2)[1].Split("```jsonl\n", 2)[1].Split("```", 2)[0]);

        Assert.Equal(["tide", "keeper"], cases.Select(next => next.Id));
    }

    [Fact]
    public async Task Alternatives_stand_in_the_place_of_a_value()
    {
        var next = Assert.Single(await ReadAsync($$"""{"id": "1", "question": "q?", "passages": {{Passages}}, "cites": [1, [1, 2]], "contains": ["nine", ["9:00", "9 am"]]}"""));

        Assert.Equal([[1], [1, 2]], next.Cites);
        Assert.Equal([["nine"], ["9:00", "9 am"]], next.Contains);
        Assert.Equal(("q?", "-", "-", ""), (next.Question, next.Category, next.Language, next.Passages[1].Title));
    }

    [Theory]
    [InlineData("""{"id": "1", "passages": P, "cites": [1]}""", "the case has no question. Write \"question\": a string, or \"messages\"")]
    [InlineData("""{"id": "1", "question": "q", "messages": [{"role": "user", "content": "q"}], "passages": P, "cites": [1]}""", "the case has both \"question\" and \"messages\". Remove one")]
    [InlineData("""{"id": "1", "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "passages": P, "cites": [1]}""", "End with a message of the")]
    [InlineData("""{"id": "1", "question": "q", "passages": P}""", "Write \"cites\": [1], or \"refuse\": true")]
    [InlineData("""{"id": "1", "question": "q", "passages": P, "cites": [1], "refuse": true}""", "has both \"cites\" and \"refuse\"")]
    [InlineData("""{"id": "1", "question": "q", "passages": P, "refuse": false}""", "this is not true")]
    [InlineData("""{"id": "1", "question": "q", "passages": P, "refuse": true, "contains": ["a"]}""", "an answer that declines contains nothing")]
    [InlineData("""{"id": "1", "question": "q", "passages": P, "cites": [3]}""", "3 is the number of no passage. The passages are 1 to 2.")]
    [InlineData("""{"id": "1", "question": "q", "passages": P, "cites": ["1"]}""", "is the number of no passage")]
    [InlineData("""{"id": "1", "question": "q", "passages": P, "cites": []}""", "there is no number")]
    [InlineData("""{"id": "1", "question": "q", "passages": P, "cites": [[]]}""", "there is no alternative")]
    [InlineData("""{"id": "1", "question": "q", "passages": [], "cites": [1]}""", "there is no passage")]
    [InlineData("""{"id": "1", "question": "q", "passages": [{"text": "a"}], "cites": [1]}""", "\"source\" is missing")]
    [InlineData("""{"id": "1", "question": "q", "passages": P, "cite": [1]}""", "unknown key \"cite\". Did you mean \"cites\"?")]
    [InlineData("""{"question": "q", "passages": P, "cites": [1]}""", "\"id\" is missing")]
    [InlineData("{", "this is not JSON")]
    [InlineData("", "the file holds no case")]
    public async Task A_wrong_suite_says_what_is_wrong_and_how_to_mend_it(string line, string expected)
    {
        var error = await Assert.ThrowsAsync<SuiteException>(() => ReadAsync(line.Replace("P,", Passages + ",", StringComparison.Ordinal).Replace("P}", Passages + "}", StringComparison.Ordinal)));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_given_once()
    {
        var line = $$"""{"id": "1", "question": "q", "passages": {{Passages}}, "refuse": true}""";

        var error = await Assert.ThrowsAsync<SuiteException>(() => ReadAsync($"{line}\n{line}"));

        Assert.Contains(":2: the id \"1\" is that of line 1 too", error.Message, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<AnswerCase>> ReadAsync(string text)
    {
        _workspace.Write("suite.jsonl", text);
        return AnswerSuiteReader.ReadAsync(Path.Combine(_workspace.Path, "suite.jsonl"), CancellationToken.None);
    }
}
