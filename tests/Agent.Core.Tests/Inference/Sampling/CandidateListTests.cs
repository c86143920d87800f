using Agent.Core.Inference.Sampling;

namespace Agent.Core.Tests.Inference.Sampling;

public class CandidateListTests
{
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
}
