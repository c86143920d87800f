namespace Agent.Host.Evaluation.Answers.Suites;

/// <summary>A passage of a case. Its number is its place there, from 1.</summary>
/// <param name="Source">Its document.</param>
/// <param name="Title">The document's title; empty for none.</param>
/// <param name="Text">The text.</param>
internal sealed record AnswerPassage(string Source, string Title, string Text);
