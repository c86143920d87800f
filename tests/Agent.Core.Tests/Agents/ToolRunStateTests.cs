using Agent.Core.Agents;
using Microsoft.Extensions.AI;

namespace Agent.Core.Tests.Agents;

public sealed class ToolRunStateTests
{
    [Fact]
    public void Calls_of_one_run_share_what_they_keep_under_a_key()
    {
        var run = new ToolRunState();
        var first = new AIFunctionArguments();
        var second = new AIFunctionArguments { Context = new Dictionary<object, object?> { ["other"] = 1 } };
        run.AddTo(first);
        run.AddTo(second);
        Assert.True(ToolRunState.TryGet(first, out var one));
        Assert.True(ToolRunState.TryGet(second, out var two));
        Assert.Same(one, two);
        Assert.Same(one.GetOrAdd("a", () => new List<int>()), two.GetOrAdd("a", () => new List<int>()));
        Assert.NotSame(one.GetOrAdd("a", () => new List<int>()), one.GetOrAdd("b", () => new List<int>()));
        Assert.Throws<InvalidCastException>(() => one.GetOrAdd("a", () => "text"));
        Assert.Equal(1, second.Context!["other"]);
    }

    [Fact]
    public void Outside_a_run_there_is_none()
    {
        Assert.False(ToolRunState.TryGet([], out var none));
        Assert.Null(none);
    }

    [Fact]
    public void Calls_that_race_get_the_same_value()
    {
        var run = new ToolRunState();
        var values = Enumerable.Range(0, 64).AsParallel().WithDegreeOfParallelism(8).Select(_ => run.GetOrAdd(run, () => new object())).Distinct().ToList();
        Assert.Single(values);
    }
}
