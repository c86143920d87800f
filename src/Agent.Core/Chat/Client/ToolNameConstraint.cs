using System.Runtime.InteropServices;
using System.Text;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;

namespace Agent.Core.Chat.Client;

/// <summary>
/// After the forced beginning of a call, lets the model write nothing but the name of an offered tool and the quotation mark
/// behind it.
/// </summary>
internal sealed class ToolNameConstraint(IEnumerable<string> names, ITokenizer tokenizer) : ILogitProcessor
{
    private readonly byte[][] _allowed = [.. names.Select(n => Encoding.UTF8.GetBytes(n + "\""))];
    private readonly List<byte> _written = [];
    private int _seen;
    private bool _done;

    public void Process(Span<float> logits, ReadOnlySpan<int> tokens, int promptLength)
    {
        for (_seen = Math.Max(_seen, promptLength); _seen < tokens.Length; _seen++)
        {
            _written.AddRange(tokenizer.GetBytes(tokens[_seen]));
        }

        _done |= _written.Contains((byte)'"');
        if (_done)
        {
            return;
        }

        for (var token = 0; token < logits.Length; token++)
        {
            var bytes = token < tokenizer.VocabularySize ? tokenizer.GetBytes(token) : default;
            if (bytes.IsEmpty || !Fits(bytes))
            {
                logits[token] = float.NegativeInfinity;
            }
        }
    }

    /// <summary>A token may also run past the name: what stands behind its quotation mark is the model's own affair.</summary>
    private bool Fits(ReadOnlySpan<byte> bytes)
    {
        foreach (var name in _allowed)
        {
            if (name.AsSpan().StartsWith(CollectionsMarshal.AsSpan(_written)))
            {
                var rest = name.AsSpan(_written.Count);
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
