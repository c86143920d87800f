namespace Agent.Core.Retrieval.Injection;

/// <summary>A passage as a model is given it. Immutable. Every text in it is untrusted.</summary>
/// <param name="Number">The number, from 1, by which an answer cites it.</param>
/// <param name="Passage">The passage as the collection holds it.</param>
/// <param name="Score">What ranked it; comparable within one search only.</param>
/// <param name="IsCut">Whether the model was given only the beginning of its text.</param>
public sealed record NumberedPassage(int Number, Passage Passage, double Score, bool IsCut);
