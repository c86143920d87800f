using Agent.Core.Inference.Scheduling;

namespace Agent.Core.Tests.Inference.Scheduling;

public class ChunkCostsTests
{
    [Fact]
    public void Between_two_sizes_the_way_is_straight()
    {
        var costs = Seen((64, 0.010), (1024, 0.106));

        Assert.Equal(64, costs.TokensWithin(0.010), 6);
        Assert.Equal(544, costs.TokensWithin(0.058), 6);
        Assert.Equal(1024, costs.TokensWithin(0.106), 6);
    }

    [Fact]
    public void Below_and_beyond_what_was_seen_a_token_costs_as_much_as_at_its_end()
    {
        var costs = Seen((64, 0.010), (1024, 0.100));

        Assert.Equal(32, costs.TokensWithin(0.005), 6);
        Assert.Equal(2048, costs.TokensWithin(0.200), 6);
    }

    [Fact]
    public void A_larger_chunk_that_was_faster_is_believed()
    {
        var costs = Seen((64, 0.050), (512, 0.030));

        Assert.True(costs.TokensWithin(0.040) >= 512);
    }

    [Fact]
    public void Small_chunks_that_cost_much_a_token_do_not_make_large_ones_dear()
    {
        var costs = Seen((1000, 0.1));
        for (var i = 0; i < 100; i++)
        {
            costs.Observe(57, 0.020);
        }

        Assert.Equal(1000, costs.TokensWithin(0.1), 6);
    }

    [Fact]
    public void A_chunk_that_seemed_to_cost_nothing_does_not_stay_free()
    {
        var costs = Seen((512, 0));
        costs.Observe(512, 0.050);

        Assert.Equal(512, costs.TokensWithin(0.050), 6);
    }

    [Fact]
    public void What_was_not_seen_for_long_is_unknown_again()
    {
        var costs = Seen((1000, 10));
        for (var i = 0; i < 501; i++)
        {
            costs.Observe(64, 0.010);
        }

        Assert.Equal(640, costs.TokensWithin(0.1), 6);
    }

    [Fact]
    public void Nothing_is_known_at_first()
    {
        Assert.True(new ChunkCosts().IsEmpty);
        Assert.Equal(0, new ChunkCosts().TokensWithin(1));
        Assert.False(Seen((1, 0.1)).IsEmpty);
    }

    private static ChunkCosts Seen(params (int Tokens, double Seconds)[] chunks)
    {
        var costs = new ChunkCosts();
        foreach (var (tokens, seconds) in chunks)
        {
            costs.Observe(tokens, seconds);
        }

        return costs;
    }
}
