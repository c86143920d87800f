using System.Globalization;
using Agent.Core.Retrieval;
using Agent.Host.Evaluation.Answers.Suites;

namespace Agent.Host.Evaluation.Answers;

/// <summary>The passages of a case as if a search had found them, in their order. A passage's id is its number in the case.</summary>
internal sealed class CasePassages(AnswerCase of) : IPassageSearch
{
    public Task<IReadOnlyList<PassageHit>> SearchAsync(PassageQuery query, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<PassageHit>>([.. of.Passages.Select((passage, i) => new PassageHit(ToPassage(passage, i), of.Passages.Count - i))]);

    private static Passage ToPassage(AnswerPassage passage, int index) => new()
    {
        Id = (index + 1).ToString(CultureInfo.InvariantCulture),
        Source = passage.Source,
        Title = passage.Title,
        HeadingPath = [],
        Text = passage.Text,
        Ordinal = index,
        Start = 0,
        End = passage.Text.Length,
        TokenCount = 0,
        Tags = [],
        Metadata = new Dictionary<string, string>(StringComparer.Ordinal),
    };
}
