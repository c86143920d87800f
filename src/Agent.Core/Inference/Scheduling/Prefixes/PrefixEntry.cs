namespace Agent.Core.Inference.Scheduling.Prefixes;

/// <summary>The tokens of one sequence, or of one pin, in a <see cref="PrefixTree"/>.</summary>
/// <param name="id">Sequence id; for a pin, an id above all sequences.</param>
/// <param name="isPin">Whether it is a pin.</param>
internal sealed class PrefixEntry(int id, bool isPin)
{
    private int[] _tokens = [];

    /// <summary>Sequence id; for a pin, an id above all sequences.</summary>
    public int Id { get; } = id;

    /// <summary>Whether it names a prefix worth keeping, and holds no cells itself.</summary>
    public bool IsPin { get; } = isPin;

    /// <summary>Whether a request runs in the sequence.</summary>
    public bool IsLive { get; private set; }

    /// <summary>Whose tokens they are.</summary>
    public string Salt { get; private set; } = string.Empty;

    /// <summary>Number of <see cref="Tokens"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Order of last use.</summary>
    public long LastUsed { get; set; }

    /// <summary>Where its tokens end in the tree; null without tokens.</summary>
    public PrefixNode? Node { get; set; }

    /// <summary>The next entry that ends at the same node.</summary>
    public PrefixEntry? Next { get; set; }

    /// <summary>The tokens.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Copies the tokens into it; it must be outside the tree.</summary>
    public void Fill(string salt, ReadOnlySpan<int> tokens, bool live)
    {
        if (_tokens.Length < tokens.Length)
        {
            _tokens = new int[Math.Max(tokens.Length + (tokens.Length / 4), 256)];
        }

        tokens.CopyTo(_tokens);
        Count = tokens.Length;
        Salt = salt;
        IsLive = live;
    }
}
