using Agent.Core.Inference;
using Agent.Core.Inference.Scheduling;
using Agent.Core.Native;
using Agent.Core.Tests.Testing;
using Agent.Testing;

namespace Agent.Core.Tests.Inference.Scheduling;

public class GovernedContextTests
{
    [Fact]
    public void The_first_two_steps_are_passed_over_and_some_more_decide()
    {
        var time = new ManualTimeProvider();
        var cpu = TimeSpan.Zero;
        var set = new List<int>();
        var inner = new FakeDecoderContext();
        inner.BeforeDecode = () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(20));
            cpu += TimeSpan.FromMilliseconds(20);
        };
        using var context = new GovernedContext(inner, new ThreadGovernor(2), set.Add, () => cpu, time);
        var batch = new DecodeBatch(1);

        for (var step = 0; step < 4; step++)
        {
            Assert.Empty(set);
            Assert.False(context.HasJudged);
            batch.Clear();
            batch.Add(1, step, 0, output: true);
            Assert.Equal(DecodeStatus.Ok, context.Decode(batch));
        }

        Assert.True(context.HasJudged);
        Assert.Equal([1], set);
    }

    [Fact]
    public void Warming_up_goes_on_until_it_is_known_how_many_threads_there_are()
    {
        var time = new ManualTimeProvider();
        var cpu = TimeSpan.Zero;
        var inner = new FakeDecoderContext();
        var steps = 0;
        inner.BeforeDecode = () =>
        {
            steps++;
            time.Advance(TimeSpan.FromMilliseconds(10));
            cpu += TimeSpan.FromMilliseconds(20);
        };
        using var context = new GovernedContext(inner, new ThreadGovernor(2), _ => { }, () => cpu, time);

        EngineSetup.WarmUp(context);

        Assert.Equal((6, true, 0), (steps, context.HasJudged, context.GetLength(0)));
    }
}
