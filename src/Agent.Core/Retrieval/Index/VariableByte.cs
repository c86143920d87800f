using System.Numerics;

namespace Agent.Core.Retrieval.Index;

/// <summary>Writes numbers as <see cref="ByteReader.ReadNumber"/> reads them: seven bits a byte, the lowest first, the top bit set on all but the last.</summary>
internal static class VariableByte
{
    /// <summary>Bytes that any number needs at most.</summary>
    public const int MaxSize = 5;

    /// <summary>Bytes that a number of 0 to 2^31 - 1 needs.</summary>
    public static int SizeOf(int value) => (BitOperations.Log2((uint)value) / 7) + 1;

    /// <summary>Writes a number of 0 to 2^31 - 1.</summary>
    /// <returns>How many bytes that took.</returns>
    public static int Write(Span<byte> destination, int value)
    {
        var at = 0;
        var rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7)
        {
            destination[at++] = (byte)(rest | 0x80);
        }

        destination[at++] = (byte)rest;
        return at;
    }
}
