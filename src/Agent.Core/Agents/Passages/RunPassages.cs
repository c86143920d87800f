using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Core.Retrieval;
using Agent.Core.Retrieval.Injection;
using Microsoft.Extensions.AI;

namespace Agent.Core.Agents.Passages;

/// <summary>
/// The passages that the model was given in one run, by their numbers: first those before the question, then those that searches found, each
/// passage under one number and each number for one passage. Thread-safe.
/// </summary>
internal sealed partial class RunPassages
{
    private static readonly object Key = new();

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Passage> _passages = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private PassageInjection? _injection;
    private bool _isUsed;
    private int _last;

    /// <summary>Those of the run that a bag belongs to.</summary>
    public static RunPassages Of(ToolRunState state) => state.GetOrAdd(Key, static () => new RunPassages());

    /// <summary>Takes what stands before the question, with its numbers. Comes before any search.</summary>
    public void Take(PassageInjection injection)
    {
        lock (_gate)
        {
            _injection = injection;
            _isUsed = true;
            foreach (var passage in injection.Passages)
            {
                Add(passage.Number, passage.Passage);
            }
        }
    }

    /// <summary>What an earlier part of this run put before its question; null where it did not, or the question is another one.</summary>
    /// <param name="messages">The transcript.</param>
    public PassageInjection? InjectionFor(IReadOnlyList<ChatMessage> messages)
    {
        var at = UserQuestion.LastBefore(messages, messages.Count);
        lock (_gate)
        {
            return at >= 0 && _injection?.Question == messages[at].Text ? _injection : null;
        }
    }

    /// <summary>Lets numbers begin behind those of searches that an earlier part of this run made, before it waited for approval.</summary>
    /// <param name="messages">The run's transcript; only what follows the last question counts.</param>
    /// <param name="searches">Whether a tool gives numbered passages; what others write in brackets means something else.</param>
    public void Continue(IReadOnlyList<ChatMessage> messages, Func<string, bool> searches)
    {
        List<AIContent> contents = [.. messages.Skip(UserQuestion.LastBefore(messages, messages.Count) + 1).SelectMany(message => message.Contents)];
        var calls = contents.OfType<FunctionCallContent>().Where(call => searches(call.Name)).Select(call => call.CallId).ToHashSet(StringComparer.Ordinal);
        var numbers = contents.OfType<FunctionResultContent>().Where(result => calls.Contains(result.CallId))
            .SelectMany(result => PassageNumber().Matches(TextOf(result.Result)))
            .Select(match => int.Parse(match.Groups["n"].ValueSpan, CultureInfo.InvariantCulture));
        lock (_gate)
        {
            _last = Math.Max(_last, numbers.DefaultIfEmpty().Max());
        }
    }

    /// <summary>Numbers what a search found; a passage that the model has been given keeps its number.</summary>
    public IReadOnlyList<(int Number, PackedPassage Passage)> Number(IReadOnlyList<PackedPassage> found)
    {
        lock (_gate)
        {
            _isUsed = true;
            List<(int, PackedPassage)> numbered = [];
            foreach (var passage in found)
            {
                if (!_numbers.TryGetValue(passage.Hit.Passage.Id, out var number))
                {
                    number = _last + 1;
                    Add(number, passage.Hit.Passage);
                }

                numbered.Add((number, passage));
            }

            return numbered;
        }
    }

    /// <summary>The citations of an answer; none in a run without passages, where brackets mean something else.</summary>
    public CitationReading Read(string answer)
    {
        lock (_gate)
        {
            return _isUsed ? CitationReader.Read(answer, _passages) : CitationReading.None;
        }
    }

    private void Add(int number, Passage passage)
    {
        _passages[number] = passage;
        _numbers[passage.Id] = number;
        _last = Math.Max(_last, number);
    }

    /// <summary>A result as the loop wrote it, or as it is read back from a stored transcript.</summary>
    private static string TextOf(object? result) => result switch
    {
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString()!,
        _ => string.Empty,
    };

    [GeneratedRegex(@"^\[(?<n>[1-9][0-9]{0,2})\] ", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PassageNumber();
}
