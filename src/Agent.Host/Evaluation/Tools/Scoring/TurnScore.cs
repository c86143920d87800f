namespace Agent.Host.Evaluation.Tools.Scoring;

/// <summary>How right a turn is.</summary>
/// <param name="Decision">It calls where a call is expected, and does not where none is.</param>
/// <param name="Exact">Its calls are the expected ones, with their arguments, and no others.</param>
internal readonly record struct TurnScore(bool Decision, bool Exact)
{
    /// <summary>Scores the calls of a turn.</summary>
    /// <param name="calls">The calls, those included that cannot be parsed.</param>
    /// <param name="expected">The expected ones; empty where none is right.</param>
    public static TurnScore Of(IReadOnlyList<ProducedCall> calls, IReadOnlyList<ExpectedCall> expected) =>
        new(calls.Count > 0 == expected.Count > 0, CallPairing.IsComplete(calls, expected));
}
