namespace Agent.Host.Evaluation.Answers.Reports;

/// <summary>A row of the table of results.</summary>
/// <param name="Category">The category; null for all.</param>
/// <param name="Language">The language; null for all.</param>
/// <param name="Count">Its scores.</param>
internal sealed record AnswerRow(string? Category, string? Language, AnswerCount Count);
