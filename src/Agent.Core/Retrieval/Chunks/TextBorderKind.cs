namespace Agent.Core.Retrieval.Chunks;

/// <summary>Where running text may be cut, the best first.</summary>
internal enum TextBorderKind
{
    Sentence,
    Clause,
    Word,
}
