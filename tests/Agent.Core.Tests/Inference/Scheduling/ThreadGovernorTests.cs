using Agent.Core.Inference.Scheduling;

namespace Agent.Core.Tests.Inference.Scheduling;

public class ThreadGovernorTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void Threads_that_get_their_share_stay()
    {
        var governor = new ThreadGovernor(4);

        Run(governor, seconds: 60, cores: _ => 4);

        Assert.Equal(4, governor.Threads);
    }

    [Fact]
    public void Threads_that_are_starved_are_given_up_within_a_tenth_of_a_second()
    {
        var governor = new ThreadGovernor(4);

        Run(governor, seconds: 0.1, cores: _ => 1.9);

        Assert.Equal(1, governor.Threads);
    }

    [Fact]
    public void A_first_step_can_decide_alone()
    {
        var governor = new ThreadGovernor(2);

        Assert.True(governor.Observe(Step, Step * 1.1, decideNow: true));
        Assert.Equal(1, governor.Threads);
    }

    [Fact]
    public void They_come_back_when_the_neighbour_has_gone()
    {
        var governor = new ThreadGovernor(4);
        Run(governor, seconds: 1, cores: _ => 1);
        Assert.Equal(1, governor.Threads);

        Run(governor, seconds: 20, cores: threads => threads);

        Assert.Equal(4, governor.Threads);
    }

    [Fact]
    public void A_neighbour_that_stays_is_tried_against_ever_more_rarely()
    {
        var governor = new ThreadGovernor(2);

        var tries = Run(governor, seconds: 300, cores: threads => threads == 1 ? 1 : 1.2);

        Assert.InRange(tries, 2, 20);
        Assert.Equal(1, governor.Threads);
    }

    [Fact]
    public void A_single_thread_is_never_touched()
    {
        var governor = new ThreadGovernor(1);

        Run(governor, seconds: 5, cores: _ => 0.1);

        Assert.Equal(1, governor.Threads);
    }

    /// <summary>Steps whose threads together get the processor time of so many cores; returns how often threads were added.</summary>
    private static int Run(ThreadGovernor governor, double seconds, Func<int, double> cores)
    {
        var added = 0;
        for (var i = 0; i < seconds * 100; i++)
        {
            var before = governor.Threads;
            governor.Observe(Step, Step * cores(before));
            added += governor.Threads > before ? 1 : 0;
        }

        return added;
    }
}
