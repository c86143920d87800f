using System.Text.Json;
using Agent.Host.Evaluation.Cases;
using Agent.Host.Evaluation.Suites;
using Microsoft.Extensions.AI;

namespace Agent.Host.Evaluation.Answers.Suites;

/// <summary>Reads a suite of answers: one case a line. All problems come at once.</summary>
internal static class AnswerSuiteReader
{
    private const string CitesForm = "Write an array of numbers of passages, from 1; for alternatives an array in its place, [1, [2, 3]]";
    private const string ContainsForm = "Write an array of strings; for alternatives an array in its place, [\"nine\", [\"9:00\", \"9 am\"]]";

    /// <summary>Reads a suite.</summary>
    /// <param name="file">The cases, one JSON object a line.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="SuiteException">The file is missing or wrong; all problems are listed.</exception>
    public static Task<IReadOnlyList<AnswerCase>> ReadAsync(string file, CancellationToken cancellationToken) =>
        SuiteCases.ReadAsync(file, [], node => Task.FromResult(ReadCase(node)), cancellationToken);

    private static AnswerCase? ReadCase(SuiteNode node)
    {
        if (!node.IsObject("id", "lang", "category", "question", "messages", "passages", "cites", "contains", "refuse"))
        {
            return null;
        }

        var id = node.Require("id", "Give the case a name of its own")?.Text();
        var messages = ReadMessages(node);
        var passages = ReadPassages(node);
        var (cites, contains) = ReadExpectation(node, passages.Count);
        return id is null ? null : new AnswerCase
        {
            Id = id,
            Category = node.Find("category")?.Text() ?? EvaluationCase.Unnamed,
            Language = node.Find("lang")?.Text() ?? EvaluationCase.Unnamed,
            Messages = messages,
            Passages = passages,
            Cites = cites,
            Contains = contains,
        };
    }

    private static IReadOnlyList<ChatMessage> ReadMessages(SuiteNode node)
    {
        if (!node.HasOneOf("question", "messages", "the case has no question", "Write \"question\": a string, or \"messages\": a conversation that ends with one"))
        {
            return [];
        }

        if (node.Find("question") is { } question)
        {
            return [new ChatMessage(ChatRole.User, question.Text() ?? string.Empty)];
        }

        var conversation = node.Find("messages")!;
        var messages = CaseMessageReader.Read(conversation);
        if (messages is [.., { } last] && (last.Role != ChatRole.User || string.IsNullOrWhiteSpace(last.Text)))
        {
            conversation.Report("the last message is no question of the user", "End with a message of the role user that holds text");
        }

        return messages;
    }

    private static List<AnswerPassage> ReadPassages(SuiteNode node)
    {
        const string Form = "Write [{\"source\":...,\"title\":...,\"text\":...}]";
        List<AnswerPassage> passages = [];
        if (node.Require("passages", Form) is not { } array)
        {
            return passages;
        }

        foreach (var item in array.Items())
        {
            if (item.IsObject("source", "title", "text"))
            {
                var source = item.Require("source", Form)?.Text();
                var text = item.Require("text", Form)?.Text();
                passages.Add(new AnswerPassage(source ?? string.Empty, item.Find("title")?.Text() ?? string.Empty, text ?? string.Empty));
            }
        }

        if (passages.Count == 0 && array.Kind == JsonValueKind.Array)
        {
            array.Report("there is no passage", Form);
        }

        return passages;
    }

    private static (IReadOnlyList<IReadOnlyList<int>> Cites, IReadOnlyList<IReadOnlyList<string>> Contains) ReadExpectation(SuiteNode node, int passages)
    {
        var cites = node.Find("cites");
        var contains = node.Find("contains");
        var refuse = node.Find("refuse");
        if (refuse is { Kind: not JsonValueKind.True })
        {
            refuse.Report("this is not true", "Write true, or leave it out");
        }

        if (!node.HasOneOf("cites", "refuse", "the case says neither what a right answer cites nor that it declines", "Write \"cites\": [1], or \"refuse\": true"))
        {
            return ([], []);
        }

        if (refuse is not null)
        {
            contains?.Report("an answer that declines contains nothing", "Remove it, or write \"cites\" in place of \"refuse\"");
            return ([], []);
        }

        var groups = ReadGroups(cites!, CitesForm, item => ReadNumber(item, passages));
        if (groups.Count == 0 && cites!.Kind == JsonValueKind.Array)
        {
            cites.Report("there is no number", CitesForm);
        }

        return (groups, contains is null ? [] : ReadGroups(contains, ContainsForm, item => item.Text() is { } text ? (text, true) : (string.Empty, false)));
    }

    /// <summary>An array of values, each of which may be an array of alternatives.</summary>
    private static List<IReadOnlyList<T>> ReadGroups<T>(SuiteNode node, string form, Func<SuiteNode, (T Value, bool IsRead)> read)
    {
        List<IReadOnlyList<T>> groups = [];
        foreach (var item in node.Items())
        {
            IReadOnlyList<SuiteNode> alternatives = item.Kind == JsonValueKind.Array ? item.Items() : [item];
            if (alternatives.Count == 0)
            {
                item.Report("there is no alternative", form);
            }

            groups.Add([.. alternatives.Select(read).Where(value => value.IsRead).Select(value => value.Value)]);
        }

        return groups;
    }

    private static (int Value, bool IsRead) ReadNumber(SuiteNode node, int passages)
    {
        if (node.Kind == JsonValueKind.Number && node.Element.TryGetInt32(out var number) && number >= 1 && number <= passages)
        {
            return (number, true);
        }

        node.Report($"{node.Element.GetRawText()} is the number of no passage", $"The passages are 1 to {passages}");
        return (0, false);
    }
}
