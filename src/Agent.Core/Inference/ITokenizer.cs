namespace Agent.Core.Inference;

/// <summary>The vocabulary of a loaded model: text to token ids and back.</summary>
/// <remarks>Implementations are thread-safe and immutable.</remarks>
public interface ITokenizer
{
    /// <summary>Number of token ids; valid ids are 0 to this value less one.</summary>
    int VocabularySize { get; }

    /// <summary>
    /// Tokens outside the ordinary merges whose literal text the tokeniser can recognise (control tokens such as
    /// <c>&lt;|im_start|&gt;</c> and user-defined ones such as <c>&lt;tool_call&gt;</c>), in ascending order of id.
    /// </summary>
    IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>
    /// Encodes text without interpreting control tokens and without adding any token at its ends. User-defined added
    /// tokens may still be recognised inside <paramref name="text"/>: callers that hold untrusted text go through
    /// the prompt encoder of the chat layer, which splits them first.
    /// </summary>
    /// <param name="text">The text; unpaired surrogates become U+FFFD.</param>
    /// <param name="destination">Receives the ids after those it already holds.</param>
    void Encode(ReadOnlySpan<char> text, List<int> destination);

    /// <summary>
    /// Bytes that a token stands for in text; empty for control tokens. A token may end in the middle of a UTF-8
    /// character.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    ReadOnlySpan<byte> GetBytes(int token);

    /// <summary>Whether the token ends a generation (for Qwen: <c>&lt;|im_end|&gt;</c>, <c>&lt;|endoftext|&gt;</c>).</summary>
    bool IsEndOfGeneration(int token);
}
