using System.Buffers;
using System.Text;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;

namespace Agent.Core.Chat.Client;

/// <summary>
/// After the forced beginning of a call, lets the model write nothing but the name of an offered tool and the quotation mark
/// behind it.
/// </summary>
/// <remarks>It keeps no state, so that one may serve a response that is read twice.</remarks>
internal sealed class ToolNameConstraint(IEnumerable<string> names, ITokenizer tokenizer) : ILogitProcessor
{
    private readonly byte[][] _allowed = [.. names.Select(n => Encoding.UTF8.GetBytes(n + "\""))];

    public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength)
    {
        // The name stands at the very beginning, so that this reads a few tokens at most.
        var written = new ArrayBufferWriter<byte>();
        foreach (var token in tokens[promptLength..])
        {
            written.Write(tokenizer.GetBytes(token));
            if (written.WrittenSpan.Contains((byte)'"'))
            {
                return;
            }
        }

        for (var token = 0; token < logits.Length; token++)
        {
            var bytes = token < tokenizer.VocabularySize ? tokenizer.GetBytes(token) : default;
            if (bytes.IsEmpty || !Fits(written.WrittenSpan, bytes))
            {
                logits[token] = float.NegativeInfinity;
            }
        }
    }

    /// <summary>A token may also run past the name: what stands behind its quotation mark is the model's own affair.</summary>
    private bool Fits(ReadOnlySpan<byte> written, ReadOnlySpan<byte> bytes)
    {
        foreach (var name in _allowed)
        {
            if (name.AsSpan().StartsWith(written))
            {
                var rest = name.AsSpan(written.Length);
                var common = Math.Min(rest.Length, bytes.Length);
                if (rest[..common].SequenceEqual(bytes[..common]))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
