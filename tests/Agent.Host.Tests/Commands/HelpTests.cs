using Agent.Host.Tests.Support;

namespace Agent.Host.Tests.Commands;

/// <summary>What <c>--help</c> lists.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly FakeConsole _console = new();

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("ask")]
    [InlineData("ingest")]
    [InlineData("eval tools")]
    [InlineData("eval answers")]
    [InlineData("bench decode")]
    [InlineData("bench prefill")]
    [InlineData("bench agents")]
    [InlineData("bench mixed")]
    public async Task An_option_means_one_thing_in_a_command(string command)
    {
        Assert.Equal(ExitCodes.Success, await _workspace.RunAsync(_console, [.. command.Split(' '), "--help"]));

        string[] names = [.. _console.Output.Split('\n').Where(line => line.StartsWith("  -", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ')[0])];
        Assert.Contains("--prompt", names);
        Assert.Equal(names.Distinct(StringComparer.Ordinal), names);
    }
}
