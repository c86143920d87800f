using System.Globalization;
using Agent.Host.Evaluation.Cases;

namespace Agent.Host.Evaluation.Suites;

/// <summary>Reads the cases of a suite, one JSON object a line. All problems come at once.</summary>
internal static class SuiteCases
{
    /// <summary>Reads the cases.</summary>
    /// <param name="file">The cases.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <param name="read">Reads one case; null where it has no name, which is reported.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SuiteException">The file is missing or wrong; all problems are listed.</exception>
    public static async Task<IReadOnlyList<TCase>> ReadAsync<TCase>(string file, List<SuiteProblem> problems, Func<SuiteNode, Task<TCase?>> read, CancellationToken cancellationToken)
        where TCase : EvaluationCase
    {
        List<TCase> cases = [];
        if (await SuiteText.ReadAsync(file, "Give the path of a JSONL file with one case a line", problems, cancellationToken) is { } text)
        {
            cases = await ReadLinesAsync(text, file, problems, read);
        }

        if (problems.Count == 0 && cases.Count == 0)
        {
            problems.Add(new SuiteProblem(file, "the file holds no case", "Write one JSON object a line"));
        }

        return problems.Count == 0 ? cases : throw new SuiteException(problems);
    }

    private static async Task<List<TCase>> ReadLinesAsync<TCase>(string text, string file, List<SuiteProblem> problems, Func<SuiteNode, Task<TCase?>> read)
        where TCase : EvaluationCase
    {
        List<TCase> cases = [];
        var lines = text.Split('\n');
        var lineOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]) || SuiteText.Parse(lines[i], file, i + 1, problems) is not { } element)
            {
                continue;
            }

            var node = new SuiteNode(element, string.Create(CultureInfo.InvariantCulture, $"{file}:{i + 1}"), string.Empty, problems);
            if (await read(node) is not { } next)
            {
                continue;
            }

            if (!lineOf.TryAdd(next.Id, i + 1))
            {
                node.Report($"the id \"{next.Id}\" is that of line {lineOf[next.Id]} too", "Give each case its own");
            }

            cases.Add(next);
        }

        return cases;
    }
}
