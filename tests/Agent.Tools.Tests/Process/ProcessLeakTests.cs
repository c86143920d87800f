using Agent.Tools.Tests.Support;

namespace Agent.Tools.Tests.Process;

/// <summary>Alone in the process: it counts what is open in all of it.</summary>
[Collection("process, alone")]
public sealed class ProcessLeakTests : IDisposable
{
    private readonly ProcessToolFixture _tools = new();

    public void Dispose() => _tools.Dispose();

    [FactIfProgram("sh")]
    public async Task Fifty_runs_leave_neither_pipes_nor_zombies()
    {
        await using var registry = await _tools.BuildAsync("command: sh\nargs: [-c, 'echo out; echo err >&2; exit ${{1:-0}}', sh, \"{code}\"]\nstdin: json", "code: { type: integer }");
        await registry.CallAsync("run");
        var pipes = Processes.Pipes();
        for (var i = 0; i < 25; i++)
        {
            Assert.Equal("out", await registry.CallAsync("run"));
            Assert.Equal("run ended with exit code 4: err", await registry.FailAsync("run", """{"code":4}"""));
        }

        Assert.InRange(Processes.Pipes(), 0, pipes);
        Assert.Equal(0, Processes.Zombies());
    }
}

[CollectionDefinition("process, alone", DisableParallelization = true)]
public sealed class ProcessAloneCollection;
