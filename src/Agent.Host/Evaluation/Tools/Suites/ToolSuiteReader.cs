using Agent.Host.Evaluation.Cases;
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
    public static Task<IReadOnlyList<ToolCase>> ReadAsync(string file, string toolSetsFile, CancellationToken cancellationToken)
    {
        List<SuiteProblem> problems = [];
        var sets = new ToolSets(toolSetsFile, problems);
        return SuiteCases.ReadAsync(file, problems, node => ReadCaseAsync(node, sets, cancellationToken), cancellationToken);
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
            Category = node.Find("category")?.Text() ?? EvaluationCase.Unnamed,
            Language = node.Find("lang")?.Text() ?? EvaluationCase.Unnamed,
            Messages = messages,
            Tools = tools ?? [],
            Calls = expected.Calls,
            Why = expected.Why,
        };
    }

    private static async Task<IReadOnlyList<AIFunctionDeclaration>?> ReadToolsAsync(SuiteNode node, ToolSets sets, CancellationToken cancellationToken)
    {
        if (!node.HasOneOf("tools", "toolset", "the case has no tools", "Write \"toolset\": the name of a set, or \"tools\": an array of tools"))
        {
            return null;
        }

        if (node.Find("tools") is { } own)
        {
            return ToolDeclarationReader.Read(own);
        }

        await sets.ReadAsync(cancellationToken);
        return sets.TryGet(node.Find("toolset")!, out var tools) ? tools : null;
    }
}
