using System.Numerics;

namespace Agent.Core.Inference.Sampling.Constraints;

/// <summary>The tokens that may come next: a few, or a large set that many states share and a few more.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal sealed class TokenMask
{
    private readonly ulong[]? _bits;
    private readonly int[] _tokens;
    private readonly bool _ownsBits;

    private TokenMask(ulong[]? bits, int[] tokens, bool ownsBits)
    {
        _bits = bits;
        _tokens = tokens;
        _ownsBits = ownsBits;
    }

    /// <summary>Whether only few tokens are allowed: those of <see cref="Tokens"/>.</summary>
    public bool IsSparse => _bits is null;

    /// <summary>The tokens of a sparse mask, those beside the large set of another; ascending.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>Whether nothing is allowed.</summary>
    public bool IsEmpty => _bits is null && _tokens.Length == 0;

    /// <summary>Bytes that this mask takes up, without a large set that the vocabulary keeps in any case.</summary>
    public int Bytes => 64 + (_tokens.Length * sizeof(int)) + (_ownsBits ? _bits!.Length * sizeof(ulong) : 0);

    /// <summary>The large set; null for a sparse mask. For tests.</summary>
    internal ulong[]? Bits => _bits;

    /// <summary>A mask of tokens.</summary>
    /// <param name="tokens">Ascending, each once.</param>
    /// <param name="vocabularySize">Tokens of the vocabulary.</param>
    public static TokenMask Of(ReadOnlySpan<int> tokens, int vocabularySize) =>
        tokens.Length * 32L <= vocabularySize ? new TokenMask(null, tokens.ToArray(), ownsBits: false) : new TokenMask(BitsOf(tokens, vocabularySize), [], ownsBits: true);

    /// <summary>A mask over a large set.</summary>
    /// <param name="bits">The set, one bit for each token; not copied.</param>
    /// <param name="tokens">Further tokens, ascending.</param>
    /// <param name="ownsBits">Whether the set may live for this mask alone, so that it counts among its bytes.</param>
    public static TokenMask Over(ulong[] bits, ReadOnlySpan<int> tokens, bool ownsBits = false) => new(bits, tokens.ToArray(), ownsBits);

    /// <summary>What either of two masks allows.</summary>
    public static TokenMask Union(TokenMask a, TokenMask b, int vocabularySize)
    {
        var tokens = new SortedSet<int>(a._tokens);
        tokens.UnionWith(b._tokens);
        int[] all = [.. tokens];
        if (a._bits is null && b._bits is null)
        {
            return Of(all, vocabularySize);
        }

        if (a._bits is null || b._bits is null || ReferenceEquals(a._bits, b._bits))
        {
            return new TokenMask(a._bits ?? b._bits, all, a._ownsBits || b._ownsBits);
        }

        var bits = (ulong[])a._bits.Clone();
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] |= b._bits[i];
        }

        return new TokenMask(bits, all, ownsBits: true);
    }

    /// <summary>A set as bits.</summary>
    public static ulong[] BitsOf(ReadOnlySpan<int> tokens, int vocabularySize)
    {
        var bits = new ulong[(vocabularySize + 63) / 64];
        foreach (var token in tokens)
        {
            bits[token >> 6] |= 1UL << token;
        }

        return bits;
    }

    /// <summary>Whether a token is allowed.</summary>
    public bool Allows(int token) =>
        (_bits is not null && token >> 6 < _bits.Length && (_bits[token >> 6] >> token & 1) != 0) || _tokens.AsSpan().BinarySearch(token) >= 0;

    /// <summary>Of the tokens of a sparse mask, that of the greatest logit, the first of several; -1 where none has one above negative infinity.</summary>
    public int BestOfSparse(ReadOnlySpan<float> logits)
    {
        var best = -1;
        var most = float.NegativeInfinity;
        foreach (var token in _tokens)
        {
            if (logits[token] > most)
            {
                (best, most) = (token, logits[token]);
            }
        }

        return best;
    }

    /// <summary>Forbids what is not allowed.</summary>
    public void Apply(Span<float> logits)
    {
        var next = 0;
        for (var from = 0; from < logits.Length; from += 64)
        {
            var to = Math.Min(from + 64, logits.Length);
            var word = _bits is not null && from >> 6 < _bits.Length ? _bits[from >> 6] : 0;
            for (; next < _tokens.Length && _tokens[next] < to; next++)
            {
                word |= 1UL << _tokens[next];
            }

            if (word == 0)
            {
                logits[from..to].Fill(float.NegativeInfinity);
                continue;
            }

            for (var forbidden = ~word; forbidden != 0; forbidden &= forbidden - 1)
            {
                var token = from + BitOperations.TrailingZeroCount(forbidden);
                if (token >= to)
                {
                    break;
                }

                logits[token] = float.NegativeInfinity;
            }
        }
    }
}
