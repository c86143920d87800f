namespace Agent.Host.Evaluation.Reports;

/// <summary>What the progress of a run counts.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Holds">Whether a result has it.</param>
internal sealed record ScoreMark<TResult>(string Name, Func<TResult, bool> Holds);
