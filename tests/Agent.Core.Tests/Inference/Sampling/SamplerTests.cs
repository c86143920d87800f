using Agent.Core.Inference.Sampling;

namespace Agent.Core.Tests.Inference.Sampling;

public class SamplerTests
{
    private const int Vocabulary = 5000;
    private readonly SamplerScratch _scratch = new(Vocabulary);

    [Fact]
    public void Greedy_takes_the_largest_logit()
    {
        var logits = RandomLogits(1);
        logits[1234] = 100;

        Assert.Equal(1234, Sample(new SamplingOptions(), logits));
    }

    [Theory]
    [InlineData(0f, float.NaN)]
    [InlineData(1f, float.PositiveInfinity)]
    [InlineData(0f, float.NegativeInfinity)]
    [InlineData(1f, float.NegativeInfinity)]
    public void Where_the_logits_give_no_choice_there_is_an_error_and_no_token(float temperature, float logit)
    {
        var logits = RandomLogits(1);
        if (float.IsNegativeInfinity(logit))
        {
            Array.Fill(logits, logit);
        }
        else
        {
            logits[1234] = logit;
        }

        Assert.Throws<InvalidOperationException>(() => Sample(new SamplingOptions { Temperature = temperature }, logits));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_bias_that_is_no_number_is_refused_with_its_token(float bias)
    {
        var options = new SamplingOptions { LogitBias = new Dictionary<int, float> { [7] = float.NegativeInfinity, [100] = bias } };

        var error = Assert.Throws<ArgumentOutOfRangeException>(options.Validate);

        Assert.Contains($"token 100 is {bias}", error.Message, StringComparison.Ordinal);
        (options with { LogitBias = new Dictionary<int, float> { [7] = float.NegativeInfinity, [8] = -3 } }).Validate();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    [InlineData(1500)]
    public void Top_k_draws_only_from_the_k_best(int k)
    {
        var logits = RandomLogits(2);
        var best = Best(logits).Take(k).ToHashSet();

        var drawn = Draws(new SamplingOptions { Temperature = 5, TopK = k }, logits, 300);

        Assert.Subset(best, drawn);
        Assert.True(k == 1 || drawn.Count > 1);
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    [InlineData(0.9999f)]
    public void Top_p_draws_only_from_the_nucleus(float p)
    {
        var logits = RandomLogits(3);
        var probabilities = Softmax(logits);
        var nucleus = new HashSet<int>();
        var sum = 0.0;
        foreach (var token in Best(logits))
        {
            nucleus.Add(token);
            sum += probabilities[token];
            if (sum >= p + 1e-5)
            {
                break;
            }
        }

        Assert.Subset(nucleus, Draws(new SamplingOptions { Temperature = 1, TopP = p }, logits, 500));
    }

    [Fact]
    public void Min_p_draws_only_what_is_likely_enough()
    {
        var logits = RandomLogits(4);
        var probabilities = Softmax(logits);
        var allowed = Enumerable.Range(0, Vocabulary).Where(t => probabilities[t] >= 0.2 * probabilities.Max() - 1e-9).ToHashSet();

        Assert.Subset(allowed, Draws(new SamplingOptions { Temperature = 1, MinP = 0.2f }, logits, 500));
    }

    [Fact]
    public void Draws_follow_the_distribution()
    {
        var logits = new float[Vocabulary];
        Array.Fill(logits, float.NegativeInfinity);
        (logits[10], logits[20], logits[30]) = (MathF.Log(0.5f), MathF.Log(0.3f), MathF.Log(0.2f));
        var sampler = new Sampler(new SamplingOptions { Temperature = 1, Seed = 1 }, [], [], 0);
        var counts = new Dictionary<int, int>();
        for (var i = 0; i < 20_000; i++)
        {
            var token = sampler.Sample(logits, [1], 1, _scratch);
            counts[token] = counts.GetValueOrDefault(token) + 1;
        }

        Assert.InRange(counts[10], 9_700, 10_300);
        Assert.InRange(counts[20], 5_750, 6_250);
        Assert.InRange(counts[30], 3_750, 4_250);
    }

    [Fact]
    public void The_same_seed_gives_the_same_draws_and_another_one_others()
    {
        var logits = RandomLogits(5);
        List<int> Run(long seed)
        {
            var sampler = new Sampler(new SamplingOptions { Temperature = 3, Seed = seed }, [], [], 0);
            return [.. Enumerable.Range(0, 20).Select(_ => sampler.Sample(logits, [1], 1, _scratch))];
        }

        Assert.Equal(Run(1), Run(1));
        Assert.NotEqual(Run(1), Run(2));
    }

    [Fact]
    public void A_repetition_penalty_pushes_recent_tokens_down_once_each()
    {
        var logits = new float[Vocabulary];
        (logits[1], logits[2], logits[3]) = (10, 9, -1);
        var penalty = new RepetitionPenalty(2, window: 3);

        penalty.Process(logits, [1, 3, 1, 1], 4);

        Assert.Equal(5, logits[1]);
        Assert.Equal(9, logits[2]);
        Assert.Equal(-2, logits[3]);
    }

    [Fact]
    public void Frequency_and_presence_count_generated_tokens_only()
    {
        var logits = new float[Vocabulary];
        var penalty = new OccurrencePenalty(frequency: 0.5f, presence: 1);

        penalty.Process(logits, [7, 8, 9, 9], promptLength: 2);

        Assert.Equal(0, logits[7]);
        Assert.Equal(0, logits[8]);
        Assert.Equal(-2, logits[9]);
    }

    [Fact]
    public void Forbidden_tokens_are_never_drawn()
    {
        var logits = RandomLogits(6);
        Array.Fill(logits, float.NegativeInfinity, 0, Vocabulary / 2);

        Assert.All(Draws(new SamplingOptions { Temperature = 5 }, logits, 300), token => Assert.True(token >= Vocabulary / 2));
    }

    [Fact]
    public void Steady_sampling_allocates_nothing()
    {
        var logits = RandomLogits(7);
        var sampler = new Sampler(new SamplingOptions { Temperature = 0.7f, TopK = 40, TopP = 0.9f, MinP = 0.01f, RepetitionPenalty = 1.1f, Seed = 1 }, [], [], 0);
        int[] tokens = [1, 2, 3];
        for (var i = 0; i < 50; i++)
        {
            sampler.Sample(logits, tokens, 1, _scratch);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++)
        {
            sampler.Sample(logits, tokens, 1, _scratch);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private int Sample(SamplingOptions options, float[] logits) => new Sampler(options, [], [], 1).Sample(logits, [1], 1, _scratch);

    private HashSet<int> Draws(SamplingOptions options, float[] logits, int count)
    {
        var sampler = new Sampler(options with { Seed = 11 }, [], [], 0);
        return [.. Enumerable.Range(0, count).Select(_ => sampler.Sample(logits, [1], 1, _scratch))];
    }

    private static float[] RandomLogits(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(random.NextDouble() * 12))];
    }

    private static List<int> Best(float[] logits) => [.. Enumerable.Range(0, Vocabulary).OrderByDescending(t => logits[t])];

    private static double[] Softmax(float[] logits)
    {
        var sum = logits.Sum(l => Math.Exp(l));
        return [.. logits.Select(l => Math.Exp(l) / sum)];
    }
}
