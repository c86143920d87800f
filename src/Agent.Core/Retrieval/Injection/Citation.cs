namespace Agent.Core.Retrieval.Injection;

/// <summary>A place in an answer that names a passage. Immutable.</summary>
/// <param name="Number">The number by which it names the passage.</param>
/// <param name="Passage">The passage: document, title, headings, and where in the document it stands.</param>
/// <param name="Start">Where the mark, brackets included, begins in the answer, in UTF-16 code units.</param>
/// <param name="End">Where the mark ends in the answer; the code unit there is no part of it.</param>
/// <remarks>A mark of several numbers, <c>[1, 2]</c>, is one citation for each, all with the span of the mark.</remarks>
public sealed record Citation(int Number, Passage Passage, int Start, int End);
