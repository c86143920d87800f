namespace Agent.Core.Retrieval.Text.Folding;

/// <summary>Walks over a text one code point at a time and shows each as it stands in terms. What folds to nothing is passed over.</summary>
internal ref struct FoldedReader(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private readonly FoldingTable _table = FoldingTable.Instance;

    /// <summary>The folded characters, at least one after a successful <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<char> Folded { get; private set; }

    /// <summary>The first character of the code point as it stands in the text.</summary>
    public char Raw { get; private set; }

    /// <summary>Where the next code point begins.</summary>
    public int Next { get; private set; }

    /// <summary>Goes to the next code point that stands for something; false at the end.</summary>
    public bool MoveNext()
    {
        while (Next < _text.Length)
        {
            Raw = _text[Next];
            if (char.IsHighSurrogate(Raw) && Next + 1 < _text.Length && char.IsLowSurrogate(_text[Next + 1]))
            {
                Folded = _table.Fold(_text.Slice(Next, 2));
                Next += 2;
            }
            else
            {
                Folded = _table.Fold(Raw);
                Next++;
                Compose();
            }

            if (!Folded.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The folded character some places after the current code point, as far as it is one character; else '\0'.</summary>
    /// <remarks>Places are counted in the text as it stands. It is meant for marks of punctuation and what is beside them.</remarks>
    public readonly char Peek(int offset = 0)
    {
        if (Next + offset >= _text.Length)
        {
            return '\0';
        }

        var folded = _table.Fold(_text[Next + offset]);
        return folded.Length == 1 ? folded[0] : '\0';
    }

    /// <summary>The character after the current code point as it stands in the text; '\0' at the end.</summary>
    public readonly char PeekRaw() => Next < _text.Length ? _text[Next] : '\0';

    private void Compose()
    {
        while (Folded.Length == 1 && Folded[0] >= '\u0400' && Next < _text.Length && Composition.Compose(Folded[0], _text[Next]) is var composed and not '\0')
        {
            Folded = _table.Fold(composed);
            Next++;
        }
    }
}
