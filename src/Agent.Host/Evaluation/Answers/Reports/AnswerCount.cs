namespace Agent.Host.Evaluation.Answers.Reports;

/// <summary>The scores of some cases together. Shares are in percent, and null where there is nothing to divide by.</summary>
/// <param name="results">The results.</param>
internal sealed class AnswerCount(IReadOnlyCollection<AnswerCaseResult> results)
{
    private readonly List<AnswerCaseResult> _answerable = [.. results.Where(result => !result.Case.Refuse)];
    private readonly List<AnswerCaseResult> _unanswerable = [.. results.Where(result => result.Case.Refuse)];

    /// <summary>The cases.</summary>
    public int Cases => results.Count;

    /// <summary>Cases where all is right.</summary>
    public decimal? Right => Share(results.Count(result => result.Score.IsRight), results.Count);

    /// <summary>Of the passages that answers cite, those that a right answer cites. What an answer cites that rightly declines does not count.</summary>
    public decimal? Precision => Share(_answerable.Sum(result => result.Score.RightCitations), _answerable.Concat(_unanswerable.Where(result => !result.Score.IsRefusal)).Sum(result => result.Score.Cited.Count));

    /// <summary>Of the places that right answers cite, those that are cited.</summary>
    public decimal? Recall => Share(_answerable.Sum(result => result.Score.FoundGroups), _answerable.Sum(result => result.Case.Cites.Count));

    /// <summary>Of the answers that must contain something, those that do.</summary>
    public decimal? Contains
    {
        get
        {
            var asked = _answerable.Where(result => result.Case.Contains.Count > 0).ToList();
            return Share(asked.Count(result => result.Score.Contains), asked.Count);
        }
    }

    /// <summary>Of the questions that the passages do not answer, those that were declined.</summary>
    public decimal? RightRefusals => Share(_unanswerable.Count(result => result.Score.IsRefusal), _unanswerable.Count);

    /// <summary>Of the questions that the passages answer, those that were declined.</summary>
    public decimal? WrongRefusals => Share(_answerable.Count(result => result.Score.IsRefusal), _answerable.Count);

    private static decimal? Share(int part, int whole) => whole == 0 ? null : 100m * part / whole;
}
