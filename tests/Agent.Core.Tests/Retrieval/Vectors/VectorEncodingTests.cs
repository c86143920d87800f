using Agent.Core.Retrieval.Vectors;

namespace Agent.Core.Tests.Retrieval.Vectors;

public sealed class VectorEncodingTests
{
    [Fact]
    public void A_vector_is_stored_as_little_endian_float32_of_length_1()
    {
        var bytes = VectorEncoding.Encode([3, 0, -4]);

        Assert.Equal([0x9a, 0x99, 0x19, 0x3f, 0, 0, 0, 0, 0xcd, 0xcc, 0x4c, 0xbf], bytes);
        Assert.Equal(VectorEncoding.ByteCount(3), bytes.Length);
        Assert.Equal([0.6f, 0, -0.8f], VectorEncoding.Decode(bytes));
    }

    [Theory]
    [InlineData(1e-30)]
    [InlineData(1024)]
    [InlineData(1e30)]
    public void The_length_of_a_vector_says_nothing(double scale)
    {
        var vector = new RandomVectors(3, 64).Next();

        var scaled = VectorEncoding.Decode(VectorEncoding.Encode([.. vector.Select(x => (float)(x * scale))]));

        // Scaling itself rounds to float32.
        Assert.All(VectorEncoding.Decode(VectorEncoding.Encode(vector)).Zip(scaled), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void What_has_no_direction_is_refused()
    {
        Assert.Contains("is 0", Assert.Throws<ArgumentException>(() => VectorEncoding.Encode(new float[4])).Message, StringComparison.Ordinal);
        Assert.Contains("not a finite number", Assert.Throws<ArgumentException>(() => VectorEncoding.Encode([1, float.NaN])).Message, StringComparison.Ordinal);
        Assert.Contains("not a finite number", Assert.Throws<ArgumentException>(() => VectorEncoding.Encode([1, float.NegativeInfinity])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => VectorEncoding.Encode([]));
        Assert.Throws<ArgumentException>(() => VectorEncoding.Encode(new float[VectorEncoding.MaxDimensions + 1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(4 * (VectorEncoding.MaxDimensions + 1))]
    public void Bytes_of_another_size_are_refused(int count) =>
        Assert.Contains($"{count} bytes are not a stored vector", Assert.Throws<ArgumentException>(() => VectorEncoding.Decode(new byte[count])).Message, StringComparison.Ordinal);
}
