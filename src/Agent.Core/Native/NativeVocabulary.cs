using System.Runtime.InteropServices;

namespace Agent.Core.Native;

/// <summary>Tokenising functions of a loaded model.</summary>
/// <remarks>Thread-safe. Holds the model alive through the owner that passed its handle.</remarks>
internal sealed unsafe class NativeVocabulary
{
    /// <summary>Flags of <c>llama_token_attr</c>.</summary>
    public const int UnknownAttribute = 1, ControlAttribute = 8, UserDefinedAttribute = 16;

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

    /// <summary>Flags of a token.</summary>
    public int GetAttributes(int token) => LlamaApi.VocabGetAttributes(_vocab, Checked(token));

    /// <summary>The token's literal in the vocabulary file.</summary>
    public string GetText(int token) => Marshal.PtrToStringUTF8((nint)LlamaApi.VocabGetText(_vocab, Checked(token))) ?? string.Empty;

    /// <summary>Whether the token ends a generation.</summary>
    public bool IsEndOfGeneration(int token) => LlamaApi.VocabIsEndOfGeneration(_vocab, Checked(token));

    /// <summary>Writes the bytes a token stands for; control tokens stand for none.</summary>
    /// <returns>Bytes written, or the negative number of bytes needed.</returns>
    public int GetPiece(int token, Span<byte> destination)
    {
        fixed (byte* buffer = destination)
        {
            return LlamaApi.TokenToPiece(_vocab, Checked(token), buffer, destination.Length, 0, special: false);
        }
    }

    /// <summary>Tokenises UTF-8 text, taking control tokens for plain text.</summary>
    /// <returns>Ids written, or the negative number of ids needed.</returns>
    public int Tokenize(ReadOnlySpan<byte> utf8, Span<int> destination)
    {
        var added = false;
        try
        {
            _model.DangerousAddRef(ref added);
            fixed (byte* text = utf8)
            fixed (int* tokens = destination)
            {
                return LlamaApi.Tokenize(_vocab, text, utf8.Length, tokens, destination.Length, addSpecial: false, parseSpecial: false);
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
