using Agent.Host.Terminal;
using Agent.Host.Tests.Support;

namespace Agent.Host.Tests.Terminal;

public sealed class TerminalLinesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_line_that_nobody_waited_for_any_more_goes_to_the_next_who_asks()
    {
        using var reads = new ManualResetEventSlim();
        using var typed = new ManualResetEventSlim();
        var lines = new TerminalLines(new ScriptedReader(
            () =>
            {
                reads.Set();
                Assert.True(typed.Wait(Patience), "Nobody typed.");
                return "first";
            },
            () => "second"));
        using var cancellation = new CancellationTokenSource();

        var given = lines.ReadAsync(cancellation.Token);
        Assert.True(reads.Wait(Patience), "Nothing was read.");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        var next = lines.ReadAsync(CancellationToken.None);
        typed.Set();

        Assert.Equal("first", await next.WaitAsync(Patience));
        Assert.Equal("second", await lines.ReadAsync(CancellationToken.None).WaitAsync(Patience));
        Assert.Null(await lines.ReadAsync(CancellationToken.None).WaitAsync(Patience));
    }

    [Fact]
    public async Task A_read_that_failed_is_tried_again_by_the_next_who_asks()
    {
        var lines = new TerminalLines(new ScriptedReader(() => throw new IOException("gone"), () => "back"));

        await Assert.ThrowsAsync<IOException>(() => lines.ReadAsync(CancellationToken.None).WaitAsync(Patience));

        Assert.Equal("back", await lines.ReadAsync(CancellationToken.None).WaitAsync(Patience));
    }
}
