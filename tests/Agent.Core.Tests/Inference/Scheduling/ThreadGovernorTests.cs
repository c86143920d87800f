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
    public void A_short_time_decides_at_first_and_only_where_it_is_plain()
    {
        var starved = new ThreadGovernor(2);
        var doubtful = new ThreadGovernor(2);

        for (var i = 0; i < 6; i++)
        {
            Assert.False(starved.HasJudged);
            starved.Observe(Step, Step * 1.1, rows: 1);
            doubtful.Observe(Step, Step * 1.4, rows: 1);
        }

        Assert.True(starved.HasJudged);
        Assert.Equal((1, 2), (starved.Threads, doubtful.Threads));
    }

    [Fact]
    public void The_first_two_steps_and_one_slow_one_among_others_decide_nothing()
    {
        var governor = new ThreadGovernor(2);

        governor.Observe(Step * 100, Step, rows: 1);
        governor.Observe(Step * 5, Step * 5, rows: 1);
        governor.Observe(Step, Step * 1.1, rows: 1);
        for (var i = 0; i < 3; i++)
        {
            governor.Observe(Step, Step * 2, rows: 1);
        }

        Assert.Equal((true, 2), (governor.HasJudged, governor.Threads));
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
    public void Threads_that_are_faster_than_fewer_are_kept_whatever_their_share()
    {
        var governor = new ThreadGovernor(2);

        var alone = 0;
        for (var i = 0; i < 6000; i++)
        {
            alone += governor.Threads == 1 ? 1 : 0;
            governor.Observe(governor.Threads == 1 ? Step * 1.7 : Step, Step * 1.2, rows: 1);
        }

        Assert.Equal(2, governor.Threads);
        Assert.InRange(alone, 1, 60);
    }

    [Fact]
    public void Threads_that_are_kept_are_tried_ever_more_rarely_however_their_share_varies()
    {
        var governor = new ThreadGovernor(2);

        var alone = 0;
        for (var i = 0; i < 12_000; i++)
        {
            alone += governor.Threads == 1 ? 1 : 0;
            governor.Observe(governor.Threads == 1 ? Step * 1.7 : Step, Step * (i / 37 % 2 == 0 ? 1.2 : 1.9), rows: 1);
        }

        Assert.InRange(alone, 1, 100);
    }

    [Fact]
    public void Threads_that_were_kept_are_given_up_at_once_when_a_neighbour_makes_them_slow()
    {
        var governor = new ThreadGovernor(2);
        for (var i = 0; i < 6000; i++)
        {
            governor.Observe(governor.Threads == 1 ? Step * 1.7 : Step, Step * 1.2, rows: 1);
        }

        var steps = 0;
        for (; governor.Threads > 1; steps++)
        {
            governor.Observe(Step * 15, Step * 20, rows: 1);
        }

        Assert.InRange(steps, 1, 2);
        for (var i = 0; i < 20; i++)
        {
            governor.Observe(Step * 1.7, Step * 1.7, rows: 1);
        }

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
            governor.Observe(Step, Step * cores(before), rows: 1);
            added += governor.Threads > before ? 1 : 0;
        }

        return added;
    }
}
