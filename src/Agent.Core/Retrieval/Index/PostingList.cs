namespace Agent.Core.Retrieval.Index;

/// <summary>The postings of one term while a segment is built: gaps and counts as variable-byte numbers. Not thread-safe.</summary>
internal sealed class PostingList
{
    private byte[] _bytes = [];
    private int _length;
    private int _before = -1;
    private int _ordinal = -1;
    private int _count;

    /// <summary>How many documents have the term.</summary>
    public int Frequency { get; private set; }

    /// <summary>Adds occurrences; documents come in the order of their ordinals. More of the same document add up.</summary>
    public void Add(int ordinal, int count)
    {
        if (ordinal == _ordinal)
        {
            _count = (int)Math.Min((long)_count + count, int.MaxValue);
            return;
        }

        Flush();
        (_ordinal, _count) = (ordinal, count);
        Frequency++;
    }

    /// <summary>Writes all postings; afterwards more may still be added.</summary>
    public void CopyTo(Span<int> ordinals, Span<int> counts)
    {
        var reader = new ByteReader(_bytes.AsSpan(0, _length));
        var ordinal = -1;
        for (var i = 0; i < Frequency - 1; i++)
        {
            ordinals[i] = ordinal += reader.ReadNumber() + 1;
            counts[i] = reader.ReadNumber();
        }

        ordinals[Frequency - 1] = _ordinal;
        counts[Frequency - 1] = _count;
    }

    private void Flush()
    {
        if (_ordinal < 0)
        {
            return;
        }

        if (_bytes.Length - _length < 2 * VariableByte.MaxSize)
        {
            Array.Resize(ref _bytes, Math.Max(16, _bytes.Length + (_bytes.Length / 2)));
        }

        _length += VariableByte.Write(_bytes.AsSpan(_length), _ordinal - _before - 1);
        _length += VariableByte.Write(_bytes.AsSpan(_length), _count);
        _before = _ordinal;
    }
}
