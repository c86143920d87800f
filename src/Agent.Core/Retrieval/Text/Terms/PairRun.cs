using Agent.Core.Retrieval.Text.Folding;

namespace Agent.Core.Retrieval.Text.Terms;

/// <summary>
/// Terms of scripts that put no borders between words: each ideograph alone, and each two neighbours of a run. A character that is neither an
/// ideograph nor has a neighbour is a term alone.
/// </summary>
internal ref struct PairRun(Span<char> memory)
{
    private readonly Span<char> _memory = memory;
    private int _length;
    private CharacterClass _class;
    private bool _pending;

    /// <summary>Adds a character, one or two units of UTF-16.</summary>
    public void Add(scoped ReadOnlySpan<char> character, CharacterClass kind, ref TermSink sink)
    {
        var joined = _length > 0 && (kind == _class || (IsEastAsian(kind) && IsEastAsian(_class)));
        if (!joined)
        {
            End(ref sink);
        }

        if (kind == CharacterClass.Ideograph)
        {
            sink.Exact(character);
        }

        character.CopyTo(_memory[_length..]);
        if (joined)
        {
            sink.Exact(_memory[..(_length + character.Length)]);
            character.CopyTo(_memory);
        }

        _pending = !joined && kind != CharacterClass.Ideograph;
        _length = character.Length;
        _class = kind;
    }

    /// <summary>Ends the run; without one, nothing happens.</summary>
    public void End(ref TermSink sink)
    {
        if (_pending)
        {
            sink.Exact(_memory[.._length]);
        }

        _pending = false;
        _length = 0;
    }

    private static bool IsEastAsian(CharacterClass kind) => kind is CharacterClass.Ideograph or CharacterClass.Kana;
}
