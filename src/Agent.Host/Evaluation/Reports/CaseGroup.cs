namespace Agent.Host.Evaluation.Reports;

/// <summary>The results that a row of the table counts.</summary>
/// <param name="Category">Their category; null for all.</param>
/// <param name="Language">Their language; null for all.</param>
/// <param name="Results">The results.</param>
internal sealed record CaseGroup<TResult>(string? Category, string? Language, IReadOnlyCollection<TResult> Results);
