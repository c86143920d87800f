using System.Text;

namespace Agent.Core.Inference.Text;

/// <summary>
/// Turns generated tokens into text. A token may end inside a character: its bytes are held until the character is whole,
/// and bytes that never become one are dropped at the end.
/// </summary>
/// <remarks>Not thread-safe; one for each generation.</remarks>
public sealed class TokenTextDecoder(ITokenizer tokenizer)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private char[] _buffer = new char[64];

    /// <summary>Decodes one token.</summary>
    /// <returns>The characters that it completes, good until the next call.</returns>
    public ReadOnlySpan<char> Decode(int token)
    {
        var bytes = tokenizer.GetBytes(token);
        var most = Encoding.UTF8.GetMaxCharCount(bytes.Length + 4);
        if (_buffer.Length < most)
        {
            _buffer = new char[most];
        }

        var written = _decoder.GetChars(bytes, _buffer, flush: false);
        return _buffer.AsSpan(0, written);
    }
}
