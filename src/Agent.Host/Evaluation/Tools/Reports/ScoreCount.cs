namespace Agent.Host.Evaluation.Tools.Reports;

/// <summary>How many of some cases are right.</summary>
/// <param name="Cases">The cases.</param>
/// <param name="Decision">Those with the right decision.</param>
/// <param name="Exact">Those with exactly the right calls.</param>
/// <param name="MalformedCalls">Calls in them that cannot be parsed.</param>
internal sealed record ScoreCount(int Cases, int Decision, int Exact, int MalformedCalls)
{
    /// <summary>Right decisions in percent; 0 of no cases.</summary>
    public decimal DecisionPercent => Percent(Decision);

    /// <summary>Exactly right turns in percent; 0 of no cases.</summary>
    public decimal ExactPercent => Percent(Exact);

    /// <summary>Counts results.</summary>
    public static ScoreCount Of(IReadOnlyCollection<ToolCaseResult> results) => new(
        results.Count,
        results.Count(result => result.Score.Decision),
        results.Count(result => result.Score.Exact),
        results.Sum(result => result.Turn?.Calls.Count(call => call.Arguments is null) ?? 0));

    private decimal Percent(int right) => Cases == 0 ? 0 : 100m * right / Cases;
}
