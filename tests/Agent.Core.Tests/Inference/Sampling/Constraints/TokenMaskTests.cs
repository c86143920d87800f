using System.Numerics.Tensors;
using Agent.Core.Inference;
using Agent.Core.Inference.Sampling;
using Agent.Core.Inference.Sampling.Constraints;

namespace Agent.Core.Tests.Inference.Sampling.Constraints;

/// <summary>Masks, and samplers that keep to them: the same token as if every other one were minus infinity.</summary>
public sealed class TokenMaskTests
{
    private const int Size = 1000;

    [Fact]
    public void Masks_of_every_kind_allow_the_same_tokens_by_every_way()
    {
        var random = new Random(1);
        for (var run = 0; run < 200; run++)
        {
            var (mask, allowed) = RandomMask(random);
            var logits = new float[Size];

            mask.Apply(logits);

            for (var token = 0; token < Size; token++)
            {
                Assert.Equal(allowed.Contains(token), mask.Allows(token));
                Assert.Equal(allowed.Contains(token) ? 0 : float.NegativeInfinity, logits[token]);
            }
        }
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(0.8f, 0, 1)]
    [InlineData(0.8f, 20, 1)]
    [InlineData(1f, 0, 0.9f)]
    [InlineData(2f, 5, 0.7f)]
    public void A_constrained_choice_is_the_choice_among_what_is_allowed(float temperature, int topK, float topP)
    {
        var random = new Random(2);
        for (var run = 0; run < 100; run++)
        {
            var (mask, allowed) = RandomMask(random);
            var logits = Enumerable.Range(0, Size).Select(_ => (float)random.NextDouble() * 6).ToArray();
            var masked = logits.Select((l, i) => allowed.Contains(i) ? l : float.NegativeInfinity).ToArray();
            var options = new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP, Seed = run, RepetitionPenalty = run % 2 == 0 ? 1 : 1.3f };
            var scratch = new SamplerScratch(Size);

            var constrained = new Sampler(options, [], [], 0, new Fixed(mask)).Sample(logits, [1, 2, 3], 3, scratch);

            Assert.Equal(new Sampler(options, [], [], 0).Sample(masked, [1, 2, 3], 3, scratch), constrained);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_bias_that_forbids_all_that_is_allowed_is_an_error_and_no_wrong_token(float temperature)
    {
        var bias = new SamplingOptions { Temperature = temperature, LogitBias = new Dictionary<int, float> { [7] = float.NegativeInfinity } };
        var sampler = new Sampler(bias, [], [], 0, new Fixed(TokenMask.Of([7], Size)));

        Assert.Throws<ConstraintException>(() => sampler.Sample(new float[Size], [1], 1, new SamplerScratch(Size)));
    }

    [Fact]
    public void Unions_allow_what_either_allows()
    {
        var random = new Random(3);
        for (var run = 0; run < 100; run++)
        {
            var (a, inA) = RandomMask(random);
            var (b, inB) = RandomMask(random);

            var union = TokenMask.Union(a, b, Size);

            Assert.Equal(inA.Union(inB).Order(), Enumerable.Range(0, Size).Where(union.Allows));
        }
    }

    [Fact]
    public void The_best_of_equal_logits_is_the_lowest_token()
    {
        var logits = new float[Size];

        Assert.Equal(TensorPrimitives.IndexOfMax<float>(logits), TokenMask.Of([0, 5, 9], Size).BestOfSparse(logits));
        Assert.Equal(5, TokenMask.Of([5, 9], Size).BestOfSparse(logits));
    }

    private static (TokenMask Mask, HashSet<int> Allowed) RandomMask(Random random)
    {
        int[] Some(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(Size)).Distinct().Order()];
        var few = Some(random.Next(1, 20));
        if (random.Next(2) == 0)
        {
            return (TokenMask.Of(few, Size), [.. few]);
        }

        var many = Some(2000);
        return (TokenMask.Over(TokenMask.BitsOf(many, Size), few), [.. many, .. few]);
    }

    private sealed class Fixed(TokenMask mask) : ITokenConstraint
    {
        public ITokenConstraint Begin() => this;

        public bool IsFree(ReadOnlySpan<int> tokens, int promptLength) => false;

        public ReadOnlySpan<int> Foresee(ReadOnlySpan<int> tokens, int promptLength) => [];

        public TokenMask? Next(ReadOnlySpan<int> tokens, int promptLength) => mask;
    }
}
