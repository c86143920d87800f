using System.Runtime.Intrinsics.X86;
using Agent.Core.Retrieval.Vectors;

namespace Agent.Core.Tests.Retrieval.Vectors;

public sealed class CodeProductTests
{
    [Fact]
    public void Every_processor_gives_the_sum_of_products()
    {
        var random = new Random(1);
        for (var length = 0; length < 300; length++)
        {
            var query = Enumerable.Range(0, length).Select(_ => (short)random.Next(-7000, 7001)).ToArray();
            var codes = Enumerable.Range(0, length).Select(_ => (sbyte)random.Next(-127, 128)).ToArray();
            AssertAll(query.Zip(codes, (a, b) => a * b).Sum(), query, codes);
        }
    }

    [Theory]
    [InlineData(64, short.MaxValue)]
    [InlineData(384, short.MaxValue)]
    [InlineData(16_384, 1032)]
    public void The_largest_sum_fits(int length, short most)
    {
        var query = Enumerable.Repeat(most, length).ToArray();
        AssertAll(127 * most * length, query, [.. Enumerable.Repeat((sbyte)127, length)]);
        AssertAll(-127 * most * length, query, [.. Enumerable.Repeat((sbyte)-127, length)]);
    }

    private static void AssertAll(int expected, short[] query, sbyte[] codes)
    {
        Assert.Equal(expected, CodeProduct.Of(query, codes));
        Assert.Equal(expected, CodeProduct.OfVector(query, codes));
        if (Avx2.IsSupported)
        {
            Assert.Equal(expected, CodeProduct.OfAvx2(query, codes));
        }

        if (Avx512BW.IsSupported)
        {
            Assert.Equal(expected, CodeProduct.OfAvx512(query, codes));
        }
    }
}
