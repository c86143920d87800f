using System.Buffers.Binary;

namespace Agent.Core.Retrieval.Index;

/// <summary>
/// The terms of a segment, sorted ordinally, in blocks of 16 whose terms but the first are stored without the prefix that they share with the
/// term before. Terms are UTF-16 code units, each a variable-byte number: ASCII takes one byte, and broken surrogates stay what they are.
/// Immutable and thread-safe.
/// </summary>
internal sealed class TermDictionary(ReadOnlyMemory<byte> blocks, ReadOnlyMemory<byte> entries, int count)
{
    public const int BlockTerms = 16;

    public int Count => count;

    /// <summary>Finds a term.</summary>
    public bool TryFind(ReadOnlySpan<char> term, out TermEntry entry)
    {
        entry = default;
        Span<char> text = stackalloc char[IndexSegmentBuilder.MaxTermLength];
        var (low, high) = (0, (blocks.Length / 4) - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var reader = new TermReader(this, middle, text);
            reader.MoveNext();
            if (reader.Term.SequenceCompareTo(term) <= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        if (high < 0)
        {
            return false;
        }

        var scan = new TermReader(this, high, text);
        for (var i = 0; i < BlockTerms && scan.MoveNext(); i++)
        {
            var order = scan.Term.SequenceCompareTo(term);
            if (order == 0)
            {
                entry = scan.Entry;
                return true;
            }

            if (order > 0)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Reads the terms in order.</summary>
    /// <param name="text">Room for a term.</param>
    public TermReader Read(Span<char> text) => new(this, 0, text);

    /// <summary>Where a block begins.</summary>
    public int BlockOffset(int block) => BinaryPrimitives.ReadInt32LittleEndian(blocks.Span[(4 * block)..]);

    public ReadOnlySpan<byte> Entries => entries.Span;
}
