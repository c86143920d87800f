using System.Globalization;
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
    private bool _isUsed;
    private int _last;

    /// <summary>Those of the run that a bag belongs to.</summary>
    public static RunPassages Of(ToolRunState state) => state.GetOrAdd(Key, static () => new RunPassages());

    /// <summary>Takes the passages that stand before the question, with their numbers. Comes before any search.</summary>
    public void Add(IEnumerable<NumberedPassage> passages)
    {
        lock (_gate)
        {
            _isUsed = true;
            foreach (var passage in passages)
            {
                Add(passage.Number, passage.Passage);
            }
        }
    }

    /// <summary>Lets numbers begin behind those of searches that an earlier part of this run made, before it waited for approval.</summary>
    /// <param name="messages">The run's transcript; only what follows the last question counts.</param>
    public void Continue(IReadOnlyList<ChatMessage> messages)
    {
        var earlier = messages.Reverse().TakeWhile(message => message.Role != ChatRole.User || string.IsNullOrWhiteSpace(message.Text))
            .SelectMany(message => message.Contents).OfType<FunctionResultContent>().Select(result => result.Result as string).OfType<string>();
        var numbers = earlier.SelectMany(text => PassageNumber().Matches(text)).Select(match => int.Parse(match.Groups["n"].ValueSpan, CultureInfo.InvariantCulture));
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

    [GeneratedRegex(@"^\[(?<n>[1-9][0-9]{0,2})\] ", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PassageNumber();
}
