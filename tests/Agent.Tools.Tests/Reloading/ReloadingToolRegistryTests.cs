using Agent.Tools.Registry;
using Agent.Tools.Reloading;
using Agent.Tools.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Tools.Tests.Reloading;

public sealed class ReloadingToolRegistryTests : IDisposable
{
    private readonly ReloadFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_right_edit_replaces_the_tools_and_tells_what_changed()
    {
        _fixture.Write("a", "b", "c");
        await using var tools = await _fixture.StartAsync();
        Assert.Equal(["a", "b", "c"], Names(tools));

        _fixture.Write("d", "c", "b!");
        var result = Assert.IsType<ToolsReloaded>(await _fixture.NextAsync());

        Assert.Equal((["d"], ["a"], ["b"]), (result.Added.ToArray(), result.Removed.ToArray(), result.Changed.ToArray()), TupleOfLists.Comparer);
        Assert.True(result.HasChanges);
        Assert.Equal(["d", "c", "b"], Names(tools));
    }

    [Fact]
    public async Task An_edit_of_defaults_changes_every_tool_and_one_of_comments_none()
    {
        await using var tools = await _fixture.StartAsync();
        File.AppendAllText(_fixture.FileName, "# a comment\n");
        Assert.False(Assert.IsType<ToolsReloaded>(await _fixture.NextAsync()).HasChanges);

        File.AppendAllText(_fixture.FileName, "defaults: { limits: { timeout: 9s } }\n");
        Assert.Equal(["a"], Assert.IsType<ToolsReloaded>(await _fixture.NextAsync()).Changed);
    }

    [Fact]
    public async Task A_wrong_edit_keeps_the_tools_reports_every_problem_and_a_right_one_heals_it()
    {
        await using var tools = await _fixture.StartAsync();
        File.WriteAllText(_fixture.FileName, "version: 1\ntools:\n  - { name: a, kind: countng }\n  - { name: b, kind: counting, colour: red }\n");

        var failed = Assert.IsType<ToolReloadFailed>(await _fixture.NextAsync());

        Assert.Equal(
            [
                $"{_fixture.FileName}:3:22: unknown kind \"countng\" in tool \"a\". Did you mean \"counting\"?",
                $"{_fixture.FileName}:4:32: unknown key \"colour\" in tool \"b\". Known keys: name, description, kind, parameters, options, limits, idempotent, effects, approval.",
            ],
            failed.Problems.Select(problem => problem.ToString()));
        Assert.Equal(["a"], Names(tools));
        using (var lease = tools.Acquire())
        {
            Assert.Equal("\"open\"", await lease.Registry.CallAsync("a"));
        }

        await _fixture.NothingAsync();
        _fixture.Write("a", "b");
        Assert.Equal(["b"], Assert.IsType<ToolsReloaded>(await _fixture.NextAsync()).Added);
        Assert.Equal(["a", "b"], Names(tools));
    }

    [Fact]
    public async Task Going_back_to_what_is_in_use_heals_without_a_build()
    {
        await using var tools = await _fixture.StartAsync();
        var text = File.ReadAllText(_fixture.FileName);
        File.WriteAllText(_fixture.FileName, "nothing");
        Assert.IsType<ToolReloadFailed>(await _fixture.NextAsync());
        File.WriteAllText(_fixture.FileName, text);

        Assert.False(Assert.IsType<ToolsReloaded>(await _fixture.NextAsync()).HasChanges);

        Assert.Equal(2, _fixture.Builds);
    }

    [Fact]
    public async Task The_same_bytes_do_nothing()
    {
        await using var tools = await _fixture.StartAsync();
        var text = File.ReadAllBytes(_fixture.FileName);
        File.Delete(_fixture.FileName);
        File.WriteAllBytes(_fixture.FileName, text);
        File.SetLastWriteTimeUtc(_fixture.FileName, DateTime.UnixEpoch);

        await _fixture.NothingAsync();

        Assert.Equal(1, _fixture.Builds);
    }

    [Fact]
    public async Task An_edit_of_the_same_length_and_time_is_seen()
    {
        await using var tools = await _fixture.StartAsync();
        var time = File.GetLastWriteTimeUtc(_fixture.FileName);
        _fixture.Write("b");
        File.SetLastWriteTimeUtc(_fixture.FileName, time);

        Assert.Equal(["b"], Assert.IsType<ToolsReloaded>(await _fixture.NextAsync()).Added);
    }

    [Fact]
    public async Task After_a_failure_saving_the_same_again_tries_again()
    {
        var isDown = true;
        _fixture.Kind.OnOpen = _ => isDown ? throw new TransientToolException("Start the server") : Task.CompletedTask;
        _fixture.Write();
        await using var tools = await _fixture.StartAsync();
        _fixture.Write("a");
        Assert.Contains("cannot start. Start the server", Assert.IsType<ToolReloadFailed>(await _fixture.NextAsync()).Problems[0].ToString(), StringComparison.Ordinal);

        isDown = false;
        File.SetLastWriteTimeUtc(_fixture.FileName, DateTime.UnixEpoch);

        Assert.Equal(["a"], Assert.IsType<ToolsReloaded>(await _fixture.NextAsync()).Added);
    }

    [Fact]
    public async Task A_file_put_in_the_place_of_another_is_seen()
    {
        await using var tools = await _fixture.StartAsync();
        var beside = Path.Combine(_fixture.Folder, ".tools.yaml.swp");
        File.WriteAllText(beside, ReloadFixture.Yaml("b"));
        File.Move(beside, _fixture.FileName, overwrite: true);

        Assert.Equal(["b"], Assert.IsType<ToolsReloaded>(await _fixture.NextAsync()).Added);
    }

    [Fact]
    public async Task A_file_that_is_deleted_keeps_the_tools_and_says_why()
    {
        await using var tools = await _fixture.StartAsync();
        File.Delete(_fixture.FileName);

        var failed = Assert.IsType<ToolReloadFailed>(await _fixture.NextAsync());

        Assert.Equal($"{_fixture.FileName}:1:1: the file does not exist. Create it, or name another with --tools.", Assert.Single(failed.Problems).ToString());
        Assert.Equal(["a"], Names(tools));
    }

    [Fact]
    public async Task A_half_written_file_is_waited_for()
    {
        await using var tools = await _fixture.StartAsync();
        var text = ReloadFixture.Yaml("a", "b");

        // Each piece but the last is a right file or a broken one; none may be taken.
        File.WriteAllText(_fixture.FileName, "");
        await _fixture.PollAsync();
        for (var end = 20; end < text.Length; end += 25)
        {
            await _fixture.Time.TimerStartedAsync(time => time == ReloadFixture.Quiet);
            File.WriteAllText(_fixture.FileName, text[..end]);
            _fixture.Time.Advance(ReloadFixture.Quiet);
        }

        await _fixture.Time.TimerStartedAsync(time => time == ReloadFixture.Quiet);
        File.WriteAllText(_fixture.FileName, text);
        _fixture.Time.Advance(ReloadFixture.Quiet);
        await _fixture.SettleAsync();

        Assert.Equal(["b"], Assert.IsType<ToolsReloaded>(await _fixture.ResultAsync()).Added);
        Assert.Equal(2, _fixture.Builds);
    }

    [Fact]
    public async Task A_file_that_never_rests_is_taken_at_last()
    {
        await using var tools = await _fixture.StartAsync();
        File.WriteAllText(_fixture.FileName, ReloadFixture.Yaml("b"));
        await _fixture.PollAsync();
        for (var i = 0; i < 10; i++)
        {
            await _fixture.Time.TimerStartedAsync(time => time == ReloadFixture.Quiet);
            File.AppendAllText(_fixture.FileName, "#\n");
            _fixture.Time.Advance(ReloadFixture.Quiet);
        }

        Assert.Equal(["b"], Assert.IsType<ToolsReloaded>(await _fixture.ResultAsync()).Added);
    }

    [Fact]
    public async Task An_edit_during_a_build_makes_that_build_void()
    {
        await using var tools = await _fixture.StartAsync();
        _fixture.Kind.OnOpen = _ =>
        {
            _fixture.Kind.OnOpen = _ => Task.CompletedTask;
            _fixture.Write("c");
            return Task.CompletedTask;
        };
        _fixture.Write("b");
        await _fixture.PollAsync();
        await _fixture.SettleAsync();
        await _fixture.SettleAsync();

        var result = Assert.IsType<ToolsReloaded>(await _fixture.ResultAsync());

        Assert.Equal((["c"], ["a"], []), (result.Added.ToArray(), result.Removed.ToArray(), result.Changed.ToArray()), TupleOfLists.Comparer);
        await ReloadFixture.Until(() => _fixture.Kind.Closed == 2);
        Assert.Equal(3, _fixture.Kind.Opened);
    }

    [Fact]
    public async Task What_is_leased_stays_open_until_the_last_lease_is_gone()
    {
        await using var tools = await _fixture.StartAsync();
        var first = tools.Acquire();
        var second = tools.Acquire();
        _fixture.Write("b");
        await _fixture.NextAsync();

        Assert.Equal("\"open\"", await first.Registry.CallAsync("a"));
        first.Dispose();
        first.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Registry);
        Assert.Equal("\"open\"", await second.Registry.CallAsync("a"));
        Assert.Equal(0, _fixture.Kind.Closed);
        second.Dispose();
        await ReloadFixture.Until(() => _fixture.Kind.Closed == 1);
        Assert.Equal(["b"], Names(tools));
    }

    [Fact]
    public async Task Disposing_breaks_off_a_reload_under_way()
    {
        var tools = await _fixture.StartAsync();
        var building = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _fixture.Kind.OnOpen = token =>
        {
            building.SetResult();
            return Task.Delay(Timeout.Infinite, token);
        };
        _fixture.Write("b");
        await _fixture.PollAsync();
        await _fixture.SettleAsync();
        await building.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["a"], Names(tools));

        await tools.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        await tools.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(tools.Acquire);
        Assert.Equal((2, 2), (_fixture.Kind.Opened, _fixture.Kind.Closed));
        Assert.False(_fixture.HasResult);
    }

    [Fact]
    public async Task Disposing_leaves_what_is_leased_to_its_lease()
    {
        var tools = await _fixture.StartAsync();
        var lease = tools.Acquire();
        await tools.DisposeAsync();
        Assert.Equal("\"open\"", await lease.Registry.CallAsync("a"));
        lease.Dispose();
        await ReloadFixture.Until(() => _fixture.Kind.Closed == 1);
    }

    [Fact]
    public async Task A_start_with_a_wrong_file_fails_as_a_build_does()
    {
        File.WriteAllText(_fixture.FileName, "version: 2\ntools: []\n");
        Assert.Contains("version \"2\" is not known", (await Assert.ThrowsAsync<ToolsFileException>(_fixture.StartAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_maker_of_builders_throws_is_a_problem_and_watching_goes_on()
    {
        await using var tools = await _fixture.StartAsync();
        _fixture.Configure = builder => builder.AddFunction(AIFunctionFactory.Create(() => 5, "b", "Five"));
        _fixture.Write("b");

        var failed = Assert.IsType<ToolReloadFailed>(await _fixture.NextAsync());

        Assert.Equal(
            $"{_fixture.FileName}:1:1: the tools cannot be built: A tool named \"b\" is there already ({_fixture.FileName}:3:13); rename one of the two. Correct the file; the log has the details.",
            Assert.Single(failed.Problems).ToString());
        _fixture.Write("c");
        Assert.Equal(["c", "b"], Assert.IsType<ToolsReloaded>(await _fixture.NextAsync()).Added);
    }

    [Fact]
    public async Task Without_watching_nothing_is_looked_at()
    {
        _fixture.Options = _fixture.Options with { IsWatching = false };
        await using var tools = await _fixture.StartAsync();
        _fixture.Write("b");
        _fixture.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(["a"], Names(tools));
        Assert.Equal(1, _fixture.Builds);
    }

    [Fact]
    public async Task The_operating_system_tells_of_an_edit_before_the_next_look()
    {
        _fixture.Options = new ToolReloadOptions();
        await using var tools = await _fixture.StartAsync();
        _fixture.Write("b");

        await _fixture.SettleAsync();

        // Some systems tell late: each word of theirs that comes while the file settles starts another look, and no second build.
        Assert.Equal(["b"], Assert.IsType<ToolsReloaded>(await _fixture.ResultAsync()).Added);
        Assert.Equal(2, _fixture.Builds);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_looked_at_until_it_comes_back()
    {
        await using var tools = await _fixture.StartAsync();
        Directory.Delete(_fixture.Folder, recursive: true);
        Assert.IsType<ToolReloadFailed>(await _fixture.NextAsync());
        Directory.CreateDirectory(_fixture.Folder);
        _fixture.Write("b");
        Assert.Equal(["b"], Assert.IsType<ToolsReloaded>(await _fixture.NextAsync()).Added);
    }

    [Theory]
    [InlineData(0, 300)]
    [InlineData(2000, 0)]
    public async Task Times_are_above_zero(int poll, int quiet)
    {
        var options = new ToolReloadOptions { PollInterval = TimeSpan.FromMilliseconds(poll), QuietTime = TimeSpan.FromMilliseconds(quiet) };
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => ReloadingToolRegistry.StartAsync(() => new ToolRegistryBuilder(), options));
    }

    private static string[] Names(ReloadingToolRegistry tools)
    {
        using var lease = tools.Acquire();
        return [.. lease.Registry.Tools.Select(tool => tool.Name)];
    }

    private sealed class TupleOfLists : IEqualityComparer<(string[], string[], string[])>
    {
        public static readonly TupleOfLists Comparer = new();

        public bool Equals((string[], string[], string[]) x, (string[], string[], string[]) y) =>
            x.Item1.SequenceEqual(y.Item1) && x.Item2.SequenceEqual(y.Item2) && x.Item3.SequenceEqual(y.Item3);

        public int GetHashCode((string[], string[], string[]) value) => value.Item1.Length;
    }
}
