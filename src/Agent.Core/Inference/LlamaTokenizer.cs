using System.Buffers;
using System.Text;
using Agent.Core.Native;

namespace Agent.Core.Inference;

/// <summary>The tokeniser of a model that llama.cpp loaded.</summary>
/// <remarks>Thread-safe. The bytes of all tokens are read once, so that nothing native is called for each generated token.</remarks>
internal sealed class LlamaTokenizer : ITokenizer
{
    private readonly NativeVocabulary _vocabulary;
    private readonly byte[] _bytes;
    private readonly int[] _offsets;
    private readonly bool[] _endsGeneration;

    /// <summary>Reads the vocabulary.</summary>
    /// <param name="vocabulary">The loaded one.</param>
    /// <param name="ordinary">
    /// Tokens that the file declares ordinary. llama.cpp takes some of them for control tokens by their text alone, because
    /// other models end their turns with it: <c>&lt;/s&gt;</c> in Qwen's vocabulary is no more than the end of struck-out HTML.
    /// </param>
    public LlamaTokenizer(NativeVocabulary vocabulary, Func<int, bool> ordinary)
    {
        _vocabulary = vocabulary;
        VocabularySize = vocabulary.Count;
        _offsets = new int[VocabularySize + 1];
        _endsGeneration = new bool[VocabularySize];
        var added = new List<AddedToken>();
        var bytes = new ArrayBufferWriter<byte>(VocabularySize * 6);
        for (var token = 0; token < VocabularySize; token++)
        {
            var isControl = false;
            if (!ordinary(token) && vocabulary.IsAdded(token))
            {
                isControl = !vocabulary.IsUserDefined(token);
                added.Add(new AddedToken(token, vocabulary.GetText(token), isControl));
                _endsGeneration[token] = vocabulary.IsEndOfGeneration(token);
            }

            if (!isControl)
            {
                var length = vocabulary.GetPiece(token, bytes.GetSpan(64));
                bytes.Advance(length >= 0 ? length : vocabulary.GetPiece(token, bytes.GetSpan(-length)));
            }

            _offsets[token + 1] = bytes.WrittenCount;
        }

        _bytes = bytes.WrittenSpan.ToArray();
        AddedTokens = added;
    }

    public int VocabularySize { get; }

    public IReadOnlyList<AddedToken> AddedTokens { get; }

    public void Encode(ReadOnlySpan<char> text, List<int> destination)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, utf8);

        // Byte-level vocabularies never make more tokens than there are bytes.
        var tokens = ArrayPool<int>.Shared.Rent(length + 8);
        var count = _vocabulary.Tokenize(utf8.AsSpan(0, length), tokens);
        if (count < 0)
        {
            ArrayPool<int>.Shared.Return(tokens);
            tokens = ArrayPool<int>.Shared.Rent(-count);
            count = _vocabulary.Tokenize(utf8.AsSpan(0, length), tokens);
        }

        destination.AddRange(tokens.AsSpan(0, count));
        ArrayPool<int>.Shared.Return(tokens);
        ArrayPool<byte>.Shared.Return(utf8);
    }

    public ReadOnlySpan<byte> GetBytes(int token)
    {
        CheckRange(token);
        return _bytes.AsSpan(_offsets[token]..(_offsets[token + 1]));
    }

    public bool IsEndOfGeneration(int token)
    {
        CheckRange(token);
        return _endsGeneration[token];
    }

    private void CheckRange(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, VocabularySize);
    }
}
