using Agent.Core.Inference.Sampling;

namespace Agent.Core.Tests.Inference.Sampling;

public class CandidateListTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(-10_000)]
    public void Probabilities_depend_on_differences_of_logits_alone(float offset)
    {
        var list = new CandidateList(3);
        list.Fill([offset + 1, offset + 3, offset + 2]);

        float[] expected = [0.09003f, 0.66524f, 0.24473f];
        Assert.All(expected.Zip(list.Softmax().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 3));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(40, 31)]
    [InlineData(40, 40)]
    [InlineData(1, 1000)]
    [InlineData(40, 1000)]
    [InlineData(200, 4099)]
    public void The_best_are_those_of_a_full_sort(int count, int vocabulary)
    {
        var random = new Random(count + vocabulary);
        var list = new CandidateList(vocabulary);
        for (var round = 0; round < 50; round++)
        {
            // Few different values, so that many are equal; and some that are no candidates.
            var logits = Enumerable.Range(0, vocabulary).Select(_ => random.Next(20) switch
            {
                0 => float.NegativeInfinity,
                1 => float.NaN,
                var value => value + (round % 2 == 0 ? 0 : random.NextSingle()),
            }).ToArray();

            list.FillTop(logits, count);

            var best = Enumerable.Range(0, vocabulary).Where(i => logits[i] > float.NegativeInfinity).OrderByDescending(i => logits[i]).ThenBy(i => i).Take(count).ToArray();
            Assert.Equal(best, list.Tokens.ToArray());
            Assert.Equal(best.Select(i => logits[i]), list.Logits.ToArray());
        }
    }

    [Theory]
    [InlineData(3, 40)]
    [InlineData(64, 1000)]
    [InlineData(64, 200)]
    [InlineData(600, 4099)]
    [InlineData(2000, 4099)]
    public void Candidates_in_order_are_those_of_a_full_sort_with_ties_by_token_id(int count, int vocabulary)
    {
        var random = new Random(count + vocabulary);
        var list = new CandidateList(vocabulary);
        for (var round = 0; round < 50; round++)
        {
            // Few different values, both zeros among them, so that many are equal.
            var logits = Enumerable.Range(0, vocabulary).Select(_ => random.Next(12) switch
            {
                0 => float.NegativeInfinity,
                1 => -0f,
                2 => 0f,
                var value => value - 6 + (round % 2 == 0 ? 0 : random.NextSingle()),
            }).ToArray();
            var best = Enumerable.Range(0, vocabulary).Where(i => logits[i] > float.NegativeInfinity).OrderByDescending(i => logits[i]).ThenBy(i => i).ToArray();

            // In several looks, as the filters do it.
            list.Fill(logits);
            foreach (var look in (int[])[count / 3, count / 2, count])
            {
                list.SortTop(look);
                Assert.Equal(best.Take(look), list.Tokens.ToArray().Take(look));
                Assert.Equal(best.Take(look).Select(i => logits[i]), list.Logits.ToArray().Take(look));
            }

            Assert.Equal(best.Order(), list.Tokens.ToArray().Order());
        }
    }
}
