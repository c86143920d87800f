namespace Agent.Host.Evaluation.Tools.Reports;

/// <summary>A row of the table of results.</summary>
/// <param name="Category">The category; null for all.</param>
/// <param name="Language">The language; null for all.</param>
/// <param name="Count">What of it is right.</param>
internal sealed record ScoreRow(string? Category, string? Language, ScoreCount Count);
