namespace Agent.Core.Retrieval.Text.Folding;

/// <summary>What a folded character means for the borders of terms.</summary>
internal enum CharacterClass : byte
{
    /// <summary>No part of any term.</summary>
    Separator,

    /// <summary>A letter, or a mark on one, of a script that puts borders between words.</summary>
    Letter,

    /// <summary>0 to 9: all other decimal digits fold to these.</summary>
    Digit,

    /// <summary>A Chinese character: a term alone and in pairs.</summary>
    Ideograph,

    /// <summary>Hiragana or katakana: a term in pairs, with ideographs too.</summary>
    Kana,

    /// <summary>A Hangul syllable or letter: a term in pairs.</summary>
    Hangul,

    /// <summary>Thai, Lao, Khmer, Burmese, which put no space between words: a term in pairs.</summary>
    Unspaced,
}
