namespace Agent.Core.Retrieval.Text.Terms;

/// <summary>Characters of a term that is being put together, cut where the memory lent to it ends; a pair of surrogates is kept or cut as one.</summary>
internal ref struct TermBuffer(Span<char> memory)
{
    private readonly Span<char> _memory = memory;
    private bool _full;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<char> Text => _memory[..Length];

    public void Append(scoped ReadOnlySpan<char> characters)
    {
        if (_full || characters.Length > _memory.Length - Length)
        {
            _full = true;
            return;
        }

        characters.CopyTo(_memory[Length..]);
        Length += characters.Length;
    }

    public void Append(char character) => Append([character]);

    public void Clear() => Keep(Length);

    /// <summary>Drops what comes before a place.</summary>
    public void Keep(int start)
    {
        _memory[start..Length].CopyTo(_memory);
        Length -= start;
        _full = false;
    }
}
