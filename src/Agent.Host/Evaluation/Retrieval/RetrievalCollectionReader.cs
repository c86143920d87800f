using System.Globalization;
using System.Text.Json;
using Agent.Host.Evaluation.Suites;

namespace Agent.Host.Evaluation.Retrieval;

/// <summary>
/// Reads a folder with <c>corpus.jsonl</c> (id, text, optionally title), <c>queries.jsonl</c> (id, text) and <c>qrels.tsv</c> (query,
/// document, grade; a heading is allowed). <c>_id</c> is read as <c>id</c>.
/// </summary>
internal static class RetrievalCollectionReader
{
    private const string Fix = "Name a folder with corpus.jsonl, queries.jsonl and qrels.tsv";
    private const string FixOfGrade = "Remove the line, or add what it names";
    private const int MostProblemsShown = 20;

    /// <summary>Reads and checks everything.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="SuiteException">Something is wrong; all problems are listed, the first of them in the message.</exception>
    public static async Task<RetrievalCollection> ReadAsync(string folder, CancellationToken cancellationToken)
    {
        var problems = new List<SuiteProblem>();
        var documents = await ReadTextsAsync(Path.Combine(folder, "corpus.jsonl"), problems, cancellationToken);
        var queries = await ReadTextsAsync(Path.Combine(folder, "queries.jsonl"), problems, cancellationToken);
        var grades = await ReadGradesAsync(Path.Combine(folder, "qrels.tsv"), documents, queries, problems, cancellationToken);
        if (problems.Count == 0 && grades.Count == 0)
        {
            problems.Add(new SuiteProblem(Path.Combine(folder, "qrels.tsv"), "no query has a relevant document", "Add lines of query, document and grade, separated by tabs"));
        }

        return problems.Count > 0 || documents is null || queries is null
            ? throw new SuiteException(problems, MostProblemsShown)
            : new RetrievalCollection(
                [.. documents.Select(document => new RetrievalDocument(document.Key, document.Value))],
                [.. queries.Where(query => grades.ContainsKey(query.Key)).Select(query => new RetrievalQuery(query.Key, query.Value, grades[query.Key]))],
                queries.Count(query => !grades.ContainsKey(query.Key)));
    }

    /// <summary>The texts by id; null where the file cannot be read, which is reported.</summary>
    private static async Task<OrderedDictionary<string, string>?> ReadTextsAsync(string file, List<SuiteProblem> problems, CancellationToken cancellationToken)
    {
        if ((await SuiteText.ReadAsync(file, Fix, problems, cancellationToken))?.Split('\n') is not { } lines)
        {
            return null;
        }

        var texts = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
            {
                continue;
            }

            var at = string.Create(CultureInfo.InvariantCulture, $"{file}:{i + 1}");
            if (SuiteText.Parse(lines[i], file, i + 1, problems) is not { } element)
            {
                continue;
            }

            if (Text(element, "id") is not { Length: > 0 } id && (id = Text(element, "_id")!) is not { Length: > 0 })
            {
                problems.Add(new SuiteProblem(at, "the entry has no \"id\"", "Add one, a text"));
            }
            else if (Text(element, "text") is not { } text)
            {
                problems.Add(new SuiteProblem(at, $"\"{id}\" has no \"text\"", "Add it"));
            }
            else if (!texts.TryAdd(id, Text(element, "title") is { Length: > 0 } title ? $"{title}\n{text}" : text))
            {
                problems.Add(new SuiteProblem(at, $"the id \"{id}\" comes twice", "Rename one of the two"));
            }
        }

        return texts;
    }

    /// <summary>The grades by query and document. What an unread file, here null, may hold is not missed.</summary>
    private static async Task<Dictionary<string, Dictionary<string, double>>> ReadGradesAsync(
        string file, OrderedDictionary<string, string>? documents, OrderedDictionary<string, string>? queries, List<SuiteProblem> problems, CancellationToken cancellationToken)
    {
        var grades = new Dictionary<string, Dictionary<string, double>>(StringComparer.Ordinal);
        var judged = new Dictionary<(string Query, string Document), double>();
        var lines = (await SuiteText.ReadAsync(file, Fix, problems, cancellationToken))?.Split('\n') ?? [];
        for (var i = 0; i < lines.Length; i++)
        {
            var fields = lines[i].TrimEnd('\r').Split('\t');
            if (string.IsNullOrWhiteSpace(lines[i]) || (i == 0 && fields.Length == 3 && !IsNumber(fields[2], out _)))
            {
                continue;
            }

            var at = string.Create(CultureInfo.InvariantCulture, $"{file}:{i + 1}");
            if (fields.Length != 3 || !IsNumber(fields[2], out var grade))
            {
                problems.Add(new SuiteProblem(at, "the line is not query, document and grade", "Separate the three by tabs; the grade is a number"));
            }
            else if (queries?.ContainsKey(fields[0]) == false)
            {
                problems.Add(new SuiteProblem(at, $"there is no query \"{fields[0]}\"", FixOfGrade));
            }
            else if (documents?.ContainsKey(fields[1]) == false)
            {
                problems.Add(new SuiteProblem(at, $"there is no document \"{fields[1]}\"", FixOfGrade));
            }
            else if (!judged.TryAdd((fields[0], fields[1]), grade))
            {
                // The same line once more says nothing new.
                if (judged[(fields[0], fields[1])] is var first && first != grade)
                {
                    problems.Add(new SuiteProblem(at, $"query \"{fields[0]}\" and document \"{fields[1]}\" have the grade {first.ToString(CultureInfo.InvariantCulture)} already", "Remove one of the two lines"));
                }
            }
            else if (grade > 0)
            {
                if (!grades.TryGetValue(fields[0], out var relevant))
                {
                    grades.Add(fields[0], relevant = new Dictionary<string, double>(StringComparer.Ordinal));
                }

                relevant.Add(fields[1], grade);
            }
        }

        return grades;
    }

    private static bool IsNumber(string text, out double number) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null }
            : null;
}
