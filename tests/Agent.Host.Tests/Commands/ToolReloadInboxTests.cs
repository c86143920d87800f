using Agent.Host.Commands;
using Agent.Tools.Registry;
using Agent.Tools.Reloading;

namespace Agent.Host.Tests.Commands;

public sealed class ToolReloadInboxTests
{
    private static readonly ToolReloadFailed Failed = new([new ToolProblem("tools.yaml", 1, 1, "wrong", "Mend it")]);
    private static readonly ToolsReloaded Reloaded = new(["a"], [], []);

    [Fact]
    public void A_failure_is_shown_unless_something_came_after_it()
    {
        var inbox = new ToolReloadInbox();
        Assert.Empty(inbox.Take());
        inbox.Add(Reloaded);
        inbox.Add(Failed);
        inbox.Add(Reloaded);
        inbox.Add(Failed);
        Assert.Equal([Reloaded, Reloaded, Failed], inbox.Take());
        Assert.Empty(inbox.Take());
    }

    [Fact]
    public async Task An_arrival_is_told_once_for_each_time_that_something_is_taken()
    {
        var inbox = new ToolReloadInbox();
        var first = inbox.Arrival;
        Assert.Same(first, inbox.Arrival);
        Assert.False(first.IsCompleted);
        inbox.Add(Reloaded);
        await first.WaitAsync(TimeSpan.FromSeconds(30));
        inbox.Take();
        Assert.False(inbox.Arrival.IsCompleted);
        inbox.Add(Failed);
        await inbox.Arrival.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([Failed], inbox.Take());
    }
}
