using System.Globalization;
using Agent.Host.Evaluation.Suites;
using Agent.Host.Evaluation.Tools.Scoring;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Tools.Suites;

/// <summary>Reads a suite: one case a line, and the tool sets that the cases name. All problems come at once.</summary>
internal static class ToolSuiteReader
{
    /// <summary>Reads a suite.</summary>
    /// <param name="file">The cases, one JSON object a line.</param>
    /// <param name="toolSetsFile">The tool sets; read only if a case names one.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SuiteException">A file is missing or wrong; all problems are listed.</exception>
    public static async Task<IReadOnlyList<ToolCase>> ReadAsync(string file, string toolSetsFile, CancellationToken cancellationToken)
    {
        List<SuiteProblem> problems = [];
        var sets = new ToolSets(toolSetsFile, problems);
        List<ToolCase> cases = [];
        if (await SuiteText.ReadAsync(file, "Give the path of a JSONL file with one case a line", problems, cancellationToken) is { } text)
        {
            cases = await ReadLinesAsync(text, file, sets, problems, cancellationToken);
        }

        if (problems.Count == 0 && cases.Count == 0)
        {
            problems.Add(new SuiteProblem(file, "the file holds no case", "Write one JSON object a line"));
        }

        return problems.Count == 0 ? cases : throw new SuiteException(problems);
    }

    private static async Task<List<ToolCase>> ReadLinesAsync(string text, string file, ToolSets sets, List<SuiteProblem> problems, CancellationToken cancellationToken)
    {
        List<ToolCase> cases = [];
        var lines = text.Split('\n');
        var lineOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]) || SuiteText.Parse(lines[i], file, i + 1, problems) is not { } element)
            {
                continue;
            }

            var node = new SuiteNode(element, string.Create(CultureInfo.InvariantCulture, $"{file}:{i + 1}"), string.Empty, problems);
            if (await ReadCaseAsync(node, sets, cancellationToken) is not { } read)
            {
                continue;
            }

            if (!lineOf.TryAdd(read.Id, i + 1))
            {
                node.Report($"the id \"{read.Id}\" is that of line {lineOf[read.Id]} too", "Give each case its own");
            }

            cases.Add(read);
        }

        return cases;
    }

    private static async Task<ToolCase?> ReadCaseAsync(SuiteNode node, ToolSets sets, CancellationToken cancellationToken)
    {
        if (!node.IsObject("id", "lang", "category", "toolset", "tools", "messages", "expect"))
        {
            return null;
        }

        var id = node.Require("id", "Give the case a name of its own")?.Text();
        var tools = await ReadToolsAsync(node, sets, cancellationToken);
        var messages = node.Require("messages", "Write the conversation in OpenAI's form") is { } conversation ? CaseMessageReader.Read(conversation) : [];
        (IReadOnlyList<ExpectedCall> Calls, string? Why) expected = node.Require("expect", "Write {\"calls\":[...]} or {\"none\":true}") is { } expectation ? ExpectationReader.Read(expectation, tools) : ([], null);
        return id is null ? null : new ToolCase
        {
            Id = id,
            Category = node.Find("category")?.Text() ?? ToolCase.Unnamed,
            Language = node.Find("lang")?.Text() ?? ToolCase.Unnamed,
            Messages = messages,
            Tools = tools ?? [],
            Calls = expected.Calls,
            Why = expected.Why,
        };
    }

    private static async Task<IReadOnlyList<AIFunctionDeclaration>?> ReadToolsAsync(SuiteNode node, ToolSets sets, CancellationToken cancellationToken)
    {
        var own = node.Find("tools");
        var reference = node.Find("toolset");
        if (own is null == reference is null)
        {
            node.Report(
                own is null ? "the case has no tools" : "the case has both \"tools\" and \"toolset\"",
                own is null ? "Write \"toolset\": the name of a set, or \"tools\": an array of tools" : "Remove one of the two");
            return null;
        }

        if (own is not null)
        {
            return ToolDeclarationReader.Read(own);
        }

        await sets.ReadAsync(cancellationToken);
        return sets.TryGet(reference!, out var tools) ? tools : null;
    }
}
