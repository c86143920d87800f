namespace Agent.Core.Retrieval.Documents;

/// <summary>What the brackets of a text may hold.</summary>
internal enum BracketKind
{
    /// <summary>A backslash takes its meaning from the character behind it.</summary>
    Escapes,

    /// <summary>They close on their line, or not at all.</summary>
    OneLine,
}
