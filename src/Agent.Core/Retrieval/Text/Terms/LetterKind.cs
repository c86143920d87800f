namespace Agent.Core.Retrieval.Text.Terms;

/// <summary>What a character is to the inner borders of an identifier.</summary>
internal enum LetterKind : byte
{
    None,
    Lower,
    Upper,
    Digit,
}
