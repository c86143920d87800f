namespace Agent.Core.Retrieval.Injection;

/// <summary>A passage that is given, not yet numbered.</summary>
/// <param name="Hit">The hit.</param>
/// <param name="Head">Title and headings in one line, harmless; empty where it has neither.</param>
/// <param name="Body">The text, harmless, perhaps cut.</param>
/// <param name="IsCut">Whether the text was cut.</param>
internal sealed record PackedPassage(PassageHit Hit, string Head, string Body, bool IsCut)
{
    public NumberedPassage ToNumbered(int number) => new(number, Hit.Passage, Hit.Score, IsCut);
}
