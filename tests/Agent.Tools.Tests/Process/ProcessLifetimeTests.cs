using Agent.Testing;
using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Process;

/// <summary>However a run ends, nothing of it is left.</summary>
[Collection("process")]
public sealed class ProcessLifetimeTests : IDisposable
{
    // A child and a grandchild whose parent is gone; both hold standard output.
    private const string Family = "command: sh\nargs: [-c, 'sleep 300 & echo $! > ids; (sleep 300 & echo $! >> ids); echo $$ >> ids; sleep 300']";

    private readonly ProcessToolFixture _tools = new();

    public void Dispose() => _tools.Dispose();

    private string Ids => Path.Combine(_tools.Folder, "ids");

    [FactIfProgram("sh", "sleep", "setsid")]
    public async Task A_time_out_ends_children_and_orphans()
    {
        var time = new ManualTimeProvider();
        await using var registry = await _tools.BuildAsync(Family, limits: "timeout: 5s", time: time);
        var call = registry.FailAsync("run");
        var ids = await Processes.IdsAsync(Ids, 3);
        Assert.All(ids, id => Assert.True(Processes.IsRunning(id)));

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("run timed out after 5 s", await call);
        await Processes.GoneAsync(ids);
        await Processes.ReapedAsync();
    }

    [FactIfProgram("sh", "sleep", "setsid")]
    public async Task A_cancelled_call_ends_children_and_orphans()
    {
        using var cancellation = new CancellationTokenSource();
        await using var registry = await _tools.BuildAsync(Family);
        var call = registry.CallAsync("run", cancellationToken: cancellation.Token);
        var ids = await Processes.IdsAsync(Ids, 3);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Processes.GoneAsync(ids);
    }

    [FactIfProgram("sh", "sleep", "setsid")]
    public async Task The_end_of_the_registry_ends_what_runs()
    {
        var registry = await _tools.BuildAsync(Family);
        var call = registry.CallAsync("run");
        var ids = await Processes.IdsAsync(Ids, 3);

        await registry.DisposeAsync();

        Assert.All(ids, id => Assert.False(Processes.IsRunning(id)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [FactIfProgram("sh", "sleep", "setsid")]
    public async Task What_a_program_leaves_behind_is_ended_and_does_not_hold_up_the_answer()
    {
        var answer = await _tools.RunAsync("command: sh\nargs: [-c, 'sleep 300 & echo $! > ids; (sleep 300 & echo $! >> ids); echo started']");

        Assert.Equal("started", answer);
        Assert.All(await Processes.IdsAsync(Ids, 2), id => Assert.False(Processes.IsRunning(id)));
        Assert.Contains(_tools.Log.Lines, line => line.Contains("left 2 processes behind", StringComparison.Ordinal));
    }

    [FactIfProgram("sh", "yes", "sleep", "setsid")]
    public async Task A_flood_from_a_child_ends_the_whole_family()
    {
        var answer = await _tools.RunAsync("command: sh\nargs: [-c, 'echo $$ > ids; sleep 300 & echo $! >> ids; yes']");

        Assert.Contains("[truncated", answer, StringComparison.Ordinal);
        Assert.All(await Processes.IdsAsync(Ids, 2), id => Assert.False(Processes.IsRunning(id)));
    }

    [FactIfProgram("sh", "sleep")]
    public async Task A_program_that_closes_its_output_is_still_waited_for()
    {
        Assert.Equal("done (exit code 0, no output)", await _tools.RunAsync("command: sh\nargs: [-c, 'exec >&- 2>&-; sleep 0.1; echo $$ > ids']"));
        Assert.Single(await Processes.IdsAsync(Ids, 1));
    }
}
