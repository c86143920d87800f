using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>Tokenising functions of a loaded model.</summary>
/// <remarks>Thread-safe. Holds the model alive through the owner that passed its handle.</remarks>
internal sealed unsafe class NativeVocabulary
{
    // Flags of llama_token_attr.
    private const int UserDefined = 16;
    private const int Added = 1 | 8 | UserDefined;

    private readonly ModelHandle _model;
    private readonly nint _vocab;

    public NativeVocabulary(ModelHandle model)
    {
        _model = model;
        _vocab = LlamaApi.ModelGetVocab(model);
        Count = LlamaApi.VocabTokenCount(_vocab);
    }

    /// <summary>Number of tokens.</summary>
    public int Count { get; }

    /// <summary>The token that stands between two texts where they end with another one of their own; null where there is none.</summary>
    public int? ExtraSeparator => LlamaApi.VocabAddsEnd(_vocab) && LlamaApi.VocabAddsSeparator(_vocab) && LlamaApi.VocabSeparator(_vocab) is >= 0 and var token ? token : null;

    /// <summary>Whether the token stands for a literal outside the ordinary merges.</summary>
    public bool IsAdded(int token) => (LlamaApi.VocabGetAttributes(_vocab, Checked(token)) & Added) != 0;

    /// <summary>Whether it is one of those that plain text may hold.</summary>
    public bool IsUserDefined(int token) => (LlamaApi.VocabGetAttributes(_vocab, Checked(token)) & UserDefined) != 0;

    /// <summary>The token's literal in the vocabulary file.</summary>
    public string GetText(int token) => Marshal.PtrToStringUTF8((nint)LlamaApi.VocabGetText(_vocab, Checked(token))) ?? string.Empty;

    /// <summary>Whether the token ends a generation.</summary>
    public bool IsEndOfGeneration(int token) => LlamaApi.VocabIsEndOfGeneration(_vocab, Checked(token));

    /// <summary>Writes the bytes of a token, those of control tokens too.</summary>
    /// <returns>Bytes written, or the negative number of bytes needed.</returns>
    public int GetPiece(int token, Span<byte> destination)
    {
        fixed (byte* buffer = destination)
        {
            return LlamaApi.TokenToPiece(_vocab, Checked(token), buffer, destination.Length, 0, special: true);
        }
    }

    /// <summary>Tokenises UTF-8 text, taking control tokens for plain text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="destination">Receives the ids.</param>
    /// <param name="addSpecial">Whether to add the tokens that the model expects at the ends of a text.</param>
    /// <returns>Ids written, or the negative number of ids needed.</returns>
    public int Tokenize(ReadOnlySpan<byte> utf8, Span<int> destination, bool addSpecial = false)
    {
        var added = false;
        try
        {
            _model.DangerousAddRef(ref added);
            fixed (byte* text = utf8)
            fixed (int* tokens = destination)
            {
                return LlamaApi.Tokenize(_vocab, text, utf8.Length, tokens, destination.Length, addSpecial, parseSpecial: false);
            }
        }
        finally
        {
            if (added)
            {
                _model.DangerousRelease();
            }
        }
    }

    private int Checked(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, Count);
        ObjectDisposedException.ThrowIf(_model.IsClosed, this);
        return token;
    }
}
