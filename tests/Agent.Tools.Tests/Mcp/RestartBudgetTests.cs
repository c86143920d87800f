using Agent.Testing;
using Agent.Tools.Mcp;

namespace Agent.Tools.Tests.Mcp;

public sealed class RestartBudgetTests
{
    [Fact]
    public void Restarts_in_a_row_wait_longer_and_longer_and_end_for_a_while()
    {
        var clock = new ManualTimeProvider();
        var budget = new RestartBudget(clock);
        var waits = new List<double>();
        while (budget.TryTake(out var wait))
        {
            waits.Add(wait.TotalMilliseconds);
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal([0, 250, 500, 1_000, 2_000], waits);
        Assert.False(budget.TryTake(out var until));
        Assert.Equal(TimeSpan.FromSeconds(10), until);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(budget.TryTake(out _));
        Assert.False(budget.TryTake(out _));
    }

    [Fact]
    public void An_answered_call_makes_the_next_restart_immediate()
    {
        var budget = new RestartBudget(new ManualTimeProvider());
        Assert.True(budget.TryTake(out _));
        budget.Reset();
        Assert.True(budget.TryTake(out var wait));
        Assert.Equal(TimeSpan.Zero, wait);
    }
}
