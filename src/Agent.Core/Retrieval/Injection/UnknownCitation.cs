namespace Agent.Core.Retrieval.Injection;

/// <summary>A place in an answer with a number that no passage has: the model made it up. Immutable.</summary>
/// <param name="Number">The number.</param>
/// <param name="Start">Where the mark, brackets included, begins in the answer, in UTF-16 code units.</param>
/// <param name="End">Where the mark ends in the answer; the code unit there is no part of it.</param>
public sealed record UnknownCitation(int Number, int Start, int End);
