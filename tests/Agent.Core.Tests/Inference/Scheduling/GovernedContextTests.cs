using Agent.Core.Inference.Scheduling;
using Agent.Core.Native;
using Agent.Core.Tests.Testing;
using Agent.Testing;

namespace Agent.Core.Tests.Inference.Scheduling;

public class GovernedContextTests
{
    [Fact]
    public void The_first_step_is_passed_over_and_the_second_decides()
    {
        var time = new ManualTimeProvider();
        var cpu = TimeSpan.Zero;
        var set = new List<int>();
        var inner = new FakeDecoderContext();
        inner.BeforeDecode = () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(4));
            cpu += TimeSpan.FromMilliseconds(4);
        };
        using var context = new GovernedContext(inner, new ThreadGovernor(2), set.Add, () => cpu, time);
        var batch = new DecodeBatch(1);

        for (var step = 0; step < 2; step++)
        {
            Assert.Empty(set);
            batch.Clear();
            batch.Add(1, step, 0, output: true);
            Assert.Equal(DecodeStatus.Ok, context.Decode(batch));
        }

        Assert.Equal([1], set);
    }
}
