namespace Agent.Core.Retrieval.Chunks;

/// <summary>
/// Counts the tokens of a text. Must be deterministic and thread-safe; longer text should never count less, as is true of every common
/// tokeniser within a token or two.
/// </summary>
/// <param name="text">The text; good during the call only.</param>
/// <returns>The count, 0 for no text.</returns>
public delegate int TokenCounter(ReadOnlySpan<char> text);
