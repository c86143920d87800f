using Agent.Core.Inference.Scheduling.Offload;

namespace Agent.Core.Tests.Inference.Scheduling.Offload;

public class OffloadCostsTests
{
    private static readonly OffloadOptions Options = new()
    {
        BudgetBytes = 1 << 30,
        AssumedBytesPerSecond = 1000,
        AssumedTokensPerSecond = 100,
        MostPause = TimeSpan.FromSeconds(2),
    };

    [Theory]
    [InlineData(1000, 201, false, true)]
    [InlineData(1000, 200, false, false)]
    [InlineData(2000, 1000, true, true)]
    [InlineData(2001, 1000, true, false)]
    [InlineData(2001, 1000, false, true)]
    public void A_save_must_pay_for_itself_and_its_restore_and_not_hold_up_others_for_long(long bytes, int tokens, bool othersWait, bool worth) =>
        Assert.Equal(worth, new OffloadCosts(Options).IsSaveWorth(bytes, tokens, othersWait));

    [Theory]
    [InlineData(1000, 101, true)]
    [InlineData(1000, 100, false)]
    public void A_restore_must_be_cheaper_than_computing(long bytes, int tokens, bool worth) =>
        Assert.Equal(worth, new OffloadCosts(Options).IsRestoreWorth(bytes, tokens));

    [Fact]
    public void What_was_measured_replaces_what_was_assumed_and_then_moves_slowly()
    {
        var costs = new OffloadCosts(Options);
        costs.AddSave(5000, TimeSpan.FromSeconds(1));
        costs.AddRestore(500, TimeSpan.FromSeconds(1));
        costs.AddStep(OffloadCosts.LeastTokensToMeasure - 1, TimeSpan.FromSeconds(1));
        Assert.Equal(100, costs.PrefillRate);
        costs.AddStep(1000, TimeSpan.FromSeconds(2));
        Assert.Equal(500, costs.PrefillRate);
        costs.AddStep(1000, TimeSpan.FromSeconds(1));
        Assert.Equal(571.4, costs.PrefillRate, 0.1);
        costs.AddStep(1000, TimeSpan.Zero);

        Assert.Equal(571.4, costs.PrefillRate, 0.1);
        Assert.InRange(costs.SaveRate, 4990, 5000);
        Assert.InRange(costs.RestoreRate, 500, 501);
    }

    [Fact]
    public void A_bad_measurement_does_not_rule_out_moves_for_ever()
    {
        var costs = new OffloadCosts(Options);
        costs.AddRestore(1, TimeSpan.FromSeconds(100));
        Assert.False(costs.IsRestoreWorth(1000, 500));
        for (var step = 0; step < 1000; step++)
        {
            costs.AddStep(1, TimeSpan.FromMilliseconds(10));
        }

        Assert.False(costs.IsRestoreWorth(1000, 500));
        for (var step = 0; step < 50_000; step++)
        {
            costs.AddStep(1, TimeSpan.FromMilliseconds(10));
        }

        Assert.True(costs.IsRestoreWorth(1000, 500));
    }
}
