using Agent.Tools.Reloading;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Reloading;

public sealed class RandomisedReloadTests
{
    /// <summary>Leases come and go on this thread and on others while files change: nothing is used after it was closed, and nothing stays open.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_thousand_steps_use_nothing_that_is_closed_and_leave_nothing_open(int seed)
    {
        using var fixture = new ReloadFixture();
        var random = new Random(seed);
        var tools = await fixture.StartAsync();
        using var stop = new CancellationTokenSource();
        var others = Enumerable.Range(0, 2).Select(_ => Task.Run(() => LeaseAsync(tools, stop.Token))).ToArray();
        var leases = new List<ToolRegistryLease>();
        var version = 0;
        for (var step = 0; step < 1000; step++)
        {
            var dice = random.Next(10);
            if (dice < 4)
            {
                leases.Add(tools.Acquire());
            }
            else if (dice < 7 && leases.Count > 0)
            {
                var index = random.Next(leases.Count);
                Assert.Equal("\"open\"", await leases[index].Registry.CallAsync("a"));
                leases[index].Dispose();
                leases.RemoveAt(index);
            }
            else if (dice < 9)
            {
                foreach (var lease in leases)
                {
                    Assert.Equal("\"open\"", await lease.Registry.CallAsync("a"));
                }
            }
            else
            {
                var isRight = random.Next(3) > 0;
                File.WriteAllText(fixture.FileName, isRight ? ReloadFixture.Yaml("a", $"b{version++}") : $"tools: [{version++}");
                var result = await fixture.NextAsync();
                Assert.Equal(isRight, result is ToolsReloaded);
            }
        }

        await stop.CancelAsync();
        await Task.WhenAll(others);
        await tools.DisposeAsync();
        foreach (var lease in leases)
        {
            Assert.Equal("\"open\"", await lease.Registry.CallAsync("a"));
            lease.Dispose();
        }

        Assert.True(version > 50);
        await ReloadFixture.Until(() => fixture.Kind.Closed >= fixture.Kind.Opened);
        Assert.Equal(fixture.Kind.Opened, fixture.Kind.Closed);
        Assert.True(fixture.Kind.Opened > version / 2);
    }

    private static async Task LeaseAsync(ReloadingToolRegistry tools, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var lease = tools.Acquire();
            Assert.Equal("\"open\"", await lease.Registry.CallAsync("a", cancellationToken: CancellationToken.None));
            await Task.Yield();
        }
    }
}
